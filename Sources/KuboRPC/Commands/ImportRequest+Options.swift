package import Buffers
package import UnixFS
import Vault

extension ImportRequest {
    /// What the options of `add` ask for, before the node's defaults and Kubo's rules are applied.
    ///
    /// - Parameter items: names and values as in the query of the call.
    /// - Throws: `RPCError` or `HashFunctionError` for a value that no node takes.
    package init(addOptions items: [(name: Bytes, value: Bytes)]) throws {
        guard let spec = CommandTable.command(named: "add") else {
            preconditionFailure("the table has no add")
        }
        try self.init(OptionValues(items, for: spec))
    }

    init(_ options: OptionValues) throws {
        self.init()
        profile = options.text("profile")
        cidVersion = options.integer("cid-version")
        rawLeaves = options.optionalFlag("raw-leaves")
        if let name = options.text("hash"), !name.isEmpty {
            hash = try HashFunction(named: name).code
        }
        chunker = options.text("chunker").flatMap { $0.isEmpty ? nil : $0 }
        trickle = options.optionalFlag("trickle")
        maxFileLinks = options.integer("max-file-links")
        maxDirectoryLinks = options.integer("max-directory-links")
        maxHAMTFanout = options.integer("max-hamt-fanout")
        inline = options.flag("inline")
        inlineLimit = options.integer("inline-limit")
        preserveMode = options.flag("preserve-mode")
        preserveMtime = options.flag("preserve-mtime")
        mode = options.integer("mode").map { UInt64($0) }
        mtime = options.integer("mtime").map { Int64($0) }
        mtimeNanoseconds = options.integer("mtime-nsecs").map { Int64($0) }
        wrapWithDirectory = options.flag("wrap-with-directory")
        emptyDirectories = options.flag("empty-dirs")
        onlyHash = options.flag("only-hash")
        // Kubo ignores the pin and its name, not the rule about them, when it only hashes.
        pin = options.flag("pin") && !onlyHash
        pinName = options.text("pin-name")
        toFiles = options.text("to-files")
    }
}
