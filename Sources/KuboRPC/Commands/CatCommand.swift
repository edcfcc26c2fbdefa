import Buffers
import Content

/// `cat`: files one after the other, as if they were one.
enum CatCommand {
    static func run(_ invocation: Invocation) throws -> Answer {
        let options = invocation.options
        let offset = options.integer("offset") ?? 0
        guard offset >= 0 else { throw RPCError.failed("cannot specify negative offset") }
        let length = options.integer("length")
        guard length ?? 0 >= 0 else { throw RPCError.failed("cannot specify negative length") }
        var (skipped, left) = (UInt64(offset), length.map(UInt64.init))
        var total: UInt64 = 0
        var parts: [FileStream] = []
        for argument in invocation.argumentBytes {
            let part = try open(argument, invocation, skipping: &skipped, atMost: &left)
            let (sum, overflow) = total.addingReportingOverflow(
                part.range.upperBound - part.range.lowerBound)
            guard !overflow else { throw RPCError.failed("the files together are too long") }
            total = sum
            parts.append(part)
        }
        return .raw(RawAnswer(contentLength: total, Files(parts)))
    }

    /// Opens the part of one file that belongs to the answer.
    private static func open(
        _ argument: Bytes, _ invocation: Invocation, skipping skipped: inout UInt64,
        atMost left: inout UInt64?
    ) throws -> FileStream {
        let cid = try invocation.cid(of: argument)
        var whole = try FileStream(cid, access: invocation.access)
        let start = min(skipped, whole.size)
        skipped -= start
        let count = min(whole.size - start, left ?? .max)
        left = left.map { $0 - count }
        if start > 0 || count < whole.size {
            whole = try FileStream(cid, range: start..<start + count, access: invocation.access)
        }
        // Its turn may come after that of many others: until then it holds no block.
        whole.release()
        return whole
    }

    /// The files one after the other.
    private struct Files: ContentPieces {
        /// The next file last, so that one that has ended goes away with all that it holds.
        private var rest: [FileStream]

        init(_ files: [FileStream]) { rest = files.reversed() }

        mutating func next() throws(ContentError) -> ContentPiece? {
            while let index = rest.indices.last {
                if !rest[index].range.isEmpty, let piece = try rest[index].next() { return piece }
                rest.removeLast()
            }
            return nil
        }

        mutating func release() {
            if let index = rest.indices.last { rest[index].release() }
        }
    }
}
