import Buffers
import Content
import IPLD
import Multiformats

/// `block/*`.
enum BlockCommands {
    static func get(_ invocation: Invocation) throws -> Answer {
        let cid = try invocation.cid(of: invocation.argumentBytes[0])
        let reader = invocation.access.makeReader()
        let block = try reader.named(cid)
        let pieces = BlockPieces(block, range: 0..<block.bytes.count, from: reader)
        return .raw(RawAnswer(contentType: "application/vnd.ipld.raw", pieces))
    }

    static func stat(_ invocation: Invocation) throws -> Answer {
        let cid = try invocation.cid(of: invocation.argumentBytes[0])
        guard let byteCount = try invocation.access.byteCount(of: cid) else {
            throw ContentError.blockNotFound(cid)
        }
        return .value(entry(invocation.cidText(cid), byteCount))
    }

    static func remove(_ invocation: Invocation) throws -> Answer {
        let arguments = try invocation.cids()
        defer { arguments.memory.release() }
        let removal = BlockRemoval(invocation.access)
        let (isForced, isQuiet) = (
            invocation.options.flag("force"), invocation.options.flag("quiet")
        )
        let lines = ResultSpool(invocation.access)
        let memory = invocation.access.makeStateShare()
        defer { memory.release() }
        var rest = arguments.cids[...]
        while !rest.isEmpty {
            let some = Array(rest.prefix(Limits.removalsAtOnceMax))
            rest = rest.dropFirst(some.count)
            try memory.require(some.count * Limits.removalMemoryBytes)
            for outcome in try removal.remove(some, isForced: isForced)
            where !isQuiet || outcome.error != nil {
                try lines.append(
                    line: .object(
                        JSON.withoutEmpty([
                            ("Hash", .text(invocation.cidText(outcome.cid))),
                            ("Error", .text(outcome.error ?? "")),
                        ])))
            }
        }
        return .spool(lines)
    }

    static func put(_ invocation: Invocation) throws -> any PartSink {
        let options = invocation.options
        let name = options.text("mhtype").flatMap { $0.isEmpty ? nil : $0 } ?? "sha2-256"
        guard let hash = MultihashCode(name: name) else {
            throw RPCError.failed("unrecognized multihash function: \(name)")
        }
        var naming = try naming(
            codec: options.text("cid-codec") ?? "raw", format: options.text("format") ?? "")
        naming.hash = hash
        let length = options.integer("mhlen") ?? -1
        naming.digestByteCount = length < 0 ? nil : length
        return WholeFilesSink(invocation, pins: options.flag("pin")) { [naming] bytes, writer in
            let cid = try writer.put(bytes, naming: naming)
            return entry(invocation.cidText(cid), bytes.count)
        }
    }

    private static func entry(_ key: String, _ byteCount: Int) -> JSON {
        .object([("Key", .text(key)), ("Size", .count(byteCount))])
    }

    /// The codec by its present name, or by the names of the old option.
    private static func naming(
        codec: String, format: String
    ) throws(RPCError) -> BlockWriter.Naming {
        var naming = BlockWriter.Naming()
        guard !format.isEmpty else {
            naming.codec = try CodecNames.codec(named: codec.isEmpty ? "raw" : codec)
            return naming
        }
        guard codec.isEmpty || codec == "raw" else {
            throw .failed(
                "unable to use \"format\" (deprecated) and a custom \"cid-codec\" at the same time")
        }
        switch format {
        case "v0": (naming.version, naming.codec) = (.v0, .dagPB)
        case "protobuf": naming.codec = .dagPB
        case "cbor": naming.codec = .dagCBOR
        default: naming.codec = try CodecNames.codec(named: format)
        }
        return naming
    }
}

/// Stores something made of each whole file of an upload: blocks, nodes.
final class WholeFilesSink: PartSink {
    private let invocation: Invocation
    private let pins: Bool
    private let limit: Int
    private let writer: BlockWriter
    private let spool: ResultSpool
    private let store: (Bytes, BlockWriter) throws -> JSON
    private var collected: SpooledBytes?
    private var isEmpty = true

    /// Prepares an upload.
    ///
    /// - Parameters:
    ///   - pins: whether what is stored is pinned at the end.
    ///   - store: stores one file and says what to answer.
    init(
        _ invocation: Invocation, pins: Bool,
        store: @escaping (Bytes, BlockWriter) throws -> JSON
    ) {
        self.invocation = invocation
        self.pins = pins
        self.store = store
        let allowsBigBlocks = invocation.options.flag("allow-big-block")
        limit =
            allowsBigBlocks ? Content.Limits.bigBlockBytesMax : Content.Limits.blockBytesMax
        writer = BlockWriter(
            invocation.access, allowsBigBlocks: allowsBigBlocks)
        spool = ResultSpool(invocation.access)
    }

    func begin(_ entry: UploadedEntry) throws {
        guard entry.kind == .file else { throw RPCError.failed("expected a regular file") }
        isEmpty = false
        collected = SpooledBytes(invocation.access)
    }

    func receive(_ piece: Bytes) throws {
        guard let collected else { return }
        guard collected.byteCount + piece.count <= limit else {
            throw ContentError.blockTooLarge(limit: limit)
        }
        try collected.append(piece)
    }

    func end() throws {
        guard let collected = collected.take() else { return }
        try collected.withWhole {
            try spool.append(line: store($0, writer))
        } then: {
            try writer.settleLarge()
        }
    }

    func finish() throws -> Answer {
        guard !isEmpty else { throw RPCError.failed("expected a file argument") }
        try writer.finish(pins: pins)
        return .spool(spool)
    }
}
