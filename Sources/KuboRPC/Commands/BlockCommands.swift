import Buffers
import Content
import IPLD
import JSON
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

    /// Its lines wait in a file: what is removed must not stand still with a client that takes none. Where
    /// it breaks off behind the first block that is gone, they say which are.
    static func remove(_ invocation: Invocation) throws -> Answer {
        let arguments = try invocation.cids()
        defer { arguments.memory.release() }
        let isQuiet = invocation.options.flag("quiet")
        let lines = ResultSpool(invocation.access)
        var hasRemoved = false
        do {
            try remove(arguments.cids, invocation) { outcome in
                hasRemoved = hasRemoved || outcome.error == nil
                guard !isQuiet || outcome.error != nil else { return }
                try lines.append(
                    line: .object(
                        JSONOutput.withoutEmpty([
                            ("Hash", .text(invocation.cidText(outcome.cid))),
                            ("Error", .text(outcome.error ?? "")),
                        ])))
            }
        } catch  where hasRemoved {
            return .spool(lines, failure: RPCError(error))
        }
        return .spool(lines)
    }

    private static func remove(
        _ cids: [CID], _ invocation: Invocation,
        report: (BlockRemoval.Outcome) throws -> Void
    ) throws {
        let removal = BlockRemoval(invocation.access)
        let isForced = invocation.options.flag("force")
        let memory = invocation.access.makeStateShare()
        defer { memory.release() }
        var rest = cids[...]
        while !rest.isEmpty {
            let some = Array(rest.prefix(Limits.removalsAtOnceMax))
            rest = rest.dropFirst(some.count)
            try memory.require(some.count * Limits.removalMemoryBytes)
            try removal.remove(some, isForced: isForced, report: report)
        }
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
        let cidText = invocation.cidText
        return WholeFilesSink(invocation, pins: options.flag("pin")) { [naming] in
            BlockUse(naming: naming, cidText: cidText)
        }
    }

    /// Each file is a block.
    private struct BlockUse: WholeFileUse {
        let naming: BlockWriter.Naming
        let cidText: CIDText

        func store(_ bytes: Bytes, _ writer: BlockWriter) throws -> JSONOutput? {
            let cid = try writer.put(bytes, naming: naming)
            return entry(cidText(cid), bytes.count)
        }
    }

    private static func entry(_ key: String, _ byteCount: Int) -> JSONOutput {
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
