import Buffers
import Content
import Execution
import Multiformats

/// `block/*`.
enum BlockCommands {
    static func get(_ invocation: Invocation) throws -> Answer {
        let cid = try invocation.cid(of: invocation.arguments[0])
        let bytes = try invocation.library.blocks.block(cid)
        return .raw(RawAnswer(bytes, contentType: "application/vnd.ipld.raw"))
    }

    static func stat(_ invocation: Invocation) throws -> Answer {
        let cid = try invocation.cid(of: invocation.arguments[0])
        guard let byteCount = try invocation.library.blocks.byteCount(of: cid) else {
            throw ContentError.blockNotFound(cid)
        }
        return .value(entry(invocation.cidText(cid), byteCount))
    }

    static func remove(_ invocation: Invocation) throws -> Answer {
        let cids = try invocation.arguments.map { try invocation.cid(of: $0) }
        let removal = BlockRemoval(invocation.library, deadline: invocation.deadline)
        let outcomes = try removal.remove(cids, isForced: invocation.options.flag("force"))
        let isQuiet = invocation.options.flag("quiet")
        return .lines(
            Lines(
                outcomes.filter { !isQuiet || $0.error != nil }.map { outcome in
                    .object(
                        JSON.withoutEmpty([
                            ("Hash", .text(invocation.cidText(outcome.cid))),
                            ("Error", .text(outcome.error ?? "")),
                        ]))
                }))
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
    private var collected = ByteWriter()
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
        limit = allowsBigBlocks ? Limits.bigBlockBytesMax : Limits.blockBytesMax
        writer = BlockWriter(
            invocation.library, allowsBigBlocks: allowsBigBlocks, deadline: invocation.deadline)
        spool = ResultSpool(folder: invocation.settings.spoolFolder)
    }

    func begin(_ entry: UploadedEntry) throws {
        guard entry.kind == .file else { throw RPCError.failed("expected a regular file") }
        isEmpty = false
    }

    func receive(_ piece: Bytes) throws {
        guard collected.count + piece.count <= limit else { throw ContentError.blockTooLarge() }
        collected.append(piece)
    }

    func end() throws { try spool.append(store(collected.takeBytes(), writer)) }

    func finish() throws -> Answer {
        guard !isEmpty else { throw RPCError.failed("expected a file argument") }
        let cancellation = Cancellation()
        try writer.finish(pins: pins, cancellation: cancellation)
        return .spool(spool)
    }
}
