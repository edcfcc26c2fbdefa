import Multiformats
import Node
import UnixFS
import Vault

/// `holdfast add --explain`: which options are in force, so that nobody has to guess why the same
/// file has another CID elsewhere.
enum AddExplanation {
    /// A table of all options that decide about CIDs.
    ///
    /// The defaults are those of the repository's configuration; a node at another address may have
    /// others.
    static func text(_ invocation: Invocation, _ session: Session) throws -> String {
        let home = session.home(invocation)
        let defaults = try Server.configuration(
            home: home, environment: session.environment
        ).imports
        let options = try ImportOptions.resolve(from: request(invocation), defaults: defaults)
        let profile = options.profile?.name ?? "none: these options are of no named profile"
        let mode = options.mode.map { "0" + String($0, radix: 8) } ?? "none"
        let time = options.mtime.map { String($0.seconds) } ?? "none"
        let threshold = "\(options.hamtThreshold) bytes, by \(options.hamtSizeEstimate.rawValue)"
        let rows: [[String]] = [
            ["profile", profile],
            ["cid-version", options.cidVersion == .v0 ? "0" : "1"],
            ["hash", options.hash.name ?? "\(options.hash.rawValue)"],
            ["raw-leaves", "\(options.rawLeaves)"],
            ["chunker", options.chunker.text],
            ["layout", options.layout.rawValue],
            ["max-file-links", "\(options.maxFileLinks)"],
            ["max-directory-links", "\(options.maxDirectoryLinks)"],
            ["max-hamt-fanout", "\(options.maxHAMTFanout)"],
            ["HAMT threshold", threshold],
            ["inline", options.inlineLimit.map { "up to \($0) bytes" } ?? "no"],
            ["mode", options.preservesMode ? "preserved" : mode],
            ["mtime", options.preservesMtime ? "preserved" : time],
            ["wrap-with-directory", "\(options.wrapsWithDirectory)"],
            ["empty-dirs", "\(options.includesEmptyDirectories)"],
            ["hidden", "\(options.includesHidden)"],
            ["defaults from", home + "/config.json"],
        ]
        return AlignedTable.text(rows, cellWidthMin: 22)
    }

    private static func request(_ invocation: Invocation) throws -> ImportRequest {
        var request = ImportRequest()
        func flag(_ name: String) -> Bool? {
            invocation.isGiven(name) ? invocation.flag(name) : nil
        }
        request.profile = invocation.text("profile")
        request.cidVersion = invocation.integer("cid-version")
        request.rawLeaves = flag("raw-leaves")
        request.hash = try invocation.text("hash").map { try HashFunction(named: $0).code }
        request.chunker = invocation.text("chunker")
        request.trickle = flag("trickle")
        request.maxFileLinks = invocation.integer("max-file-links")
        request.maxDirectoryLinks = invocation.integer("max-directory-links")
        request.maxHAMTFanout = invocation.integer("max-hamt-fanout")
        request.inline = invocation.flag("inline")
        request.inlineLimit = invocation.integer("inline-limit")
        request.preserveMode = invocation.flag("preserve-mode")
        request.preserveMtime = invocation.flag("preserve-mtime")
        request.mode = invocation.text("mode").flatMap { UInt64($0) }
        request.mtime = invocation.text("mtime").flatMap { Int64($0) }
        request.mtimeNanoseconds = invocation.text("mtime-nsecs").flatMap { Int64($0) }
        request.wrapWithDirectory = invocation.flag("wrap-with-directory")
        request.hidden = invocation.flag("hidden")
        request.emptyDirectories = invocation.flag("empty-dirs")
        request.onlyHash = invocation.flag("only-hash")
        request.pin = invocation.flag("pin")
        request.pinName = invocation.text("pin-name")
        request.toFiles = invocation.text("to-files")
        return request
    }
}
