import Buffers
import Content
import JSON

/// What is made of one whole file of an upload: a block, a node.
protocol WholeFileUse {
    /// How many times the memory of the file it takes, the file included.
    var copies: Int { get }

    /// Stores it.
    ///
    /// - Returns: what to answer; nil where memory has to be waited for first.
    func store(_ bytes: Bytes, _ writer: BlockWriter) throws -> JSONOutput?

    /// Waits for that memory. The file has none of its own meanwhile.
    func wait() throws
}

extension WholeFileUse {
    var copies: Int { 1 }

    func wait() throws {}
}

/// Stores something made of each whole file of an upload: blocks, nodes.
final class WholeFilesSink: PartSink {
    private let invocation: Invocation
    private let pins: Bool
    private let limit: Int
    private let writer: BlockWriter
    private let spool: ResultSpool
    private let makeUse: () -> any WholeFileUse
    private var collected: SpooledBytes?
    private var isEmpty = true

    /// Prepares an upload.
    ///
    /// - Parameters:
    ///   - pins: whether what is stored is pinned at the end.
    ///   - makeUse: what is made of a file; called for each.
    init(
        _ invocation: Invocation, pins: Bool, _ makeUse: @escaping () -> any WholeFileUse
    ) {
        self.invocation = invocation
        self.pins = pins
        self.makeUse = makeUse
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
        try writer.makeRoom()
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
        let use = makeUse()
        while true {
            let answer = try collected.offerWhole(copies: use.copies) {
                try use.store($0, writer)
            } then: {
                try writer.settleLarge()
            }
            if let answer { return try spool.append(line: answer) }
            try use.wait()
        }
    }

    func finish() throws -> Answer {
        guard !isEmpty else { throw RPCError.failed("expected a file argument") }
        try writer.finish(pins: pins)
        return .spool(spool)
    }
}
