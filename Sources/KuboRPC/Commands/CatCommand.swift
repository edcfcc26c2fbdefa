import Buffers
import Content
import Multiformats

/// `cat`: files one after the other, as if they were one.
enum CatCommand {
    static func run(_ invocation: Invocation) throws -> Answer {
        let options = invocation.options
        let offset = options.integer("offset") ?? 0
        guard offset >= 0 else { throw RPCError.failed("cannot specify negative offset") }
        let length = options.integer("length")
        guard length ?? 0 >= 0 else { throw RPCError.failed("cannot specify negative length") }
        var (skipped, left) = (UInt64(offset), length.map { UInt64($0) })
        var total: UInt64 = 0
        var files = FilePartList(invocation.access)
        for argument in invocation.argumentBytes {
            let (cid, size) = try look(at: argument, invocation)
            let start = min(skipped, size)
            skipped -= start
            let count = min(size - start, left ?? .max)
            left = left.map { $0 - count }
            let (sum, overflow) = total.addingReportingOverflow(count)
            guard !overflow else { throw RPCError.failed("the files together are too long") }
            total = sum
            try files.append(cid, start..<start + count)
        }
        return .raw(RawAnswer(contentLength: total, files))
    }

    /// The file and its size, without its block.
    private static func look(
        at argument: Bytes, _ invocation: Invocation
    ) throws -> (cid: CID, byteCount: UInt64) {
        var whole = try FileStream(try invocation.cid(of: argument), access: invocation.access)
        // One that says that it is empty has no place among the parts, where it would be read.
        if whole.size == 0 { while try whole.next() != nil {} }
        return (whole.cid.compacted(), whole.size)
    }
}

/// Parts of files one after the other. Only the one that is being read is open: there may be as many
/// as arguments.
private struct FilePartList: ContentPieces {
    private struct Part {
        let cid: CID
        let range: Range<UInt64>
    }

    private let access: ContentAccess
    private let memory: StateShare
    private var parts: [Part] = []
    private var index = 0
    private var current: FileStream?

    init(_ access: ContentAccess) {
        self.access = access
        memory = access.makeStateShare()
    }

    /// Adds a part; one without bytes has no place in the answer.
    mutating func append(_ cid: CID, _ range: Range<UInt64>) throws(ContentError) {
        guard !range.isEmpty else { return }
        let cid = cid.compacted()
        // The list grows by doubling.
        try memory.take(2 * MemoryLayout<Part>.stride + cid.memoryOutside)
        parts.append(Part(cid: cid, range: range))
    }

    mutating func next() throws(ContentError) -> ContentPiece? {
        while true {
            if let piece = try current?.next() { return piece }
            // Before the next is opened, which needs memory for its root.
            current = nil
            guard index < parts.count else { return nil }
            let part = parts[index]
            index += 1
            current = try FileStream(part.cid, range: part.range, access: access)
        }
    }

    mutating func release() { current?.release() }
}
