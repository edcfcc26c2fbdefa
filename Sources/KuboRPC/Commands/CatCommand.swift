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
        for text in invocation.arguments {
            let part = try open(text, invocation, skipping: &skipped, atMost: &left)
            total += UInt64(part.range.count)
            parts.append(part)
        }
        return .raw(RawAnswer(contentLength: total, pieces(of: parts, invocation)))
    }

    /// Opens the part of one file that belongs to the answer.
    private static func open(
        _ text: String, _ invocation: Invocation, skipping skipped: inout UInt64,
        atMost left: inout UInt64?
    ) throws -> FileStream {
        let cid = try invocation.cid(of: text)
        let whole = try FileStream(cid, library: invocation.library)
        let start = min(skipped, whole.size)
        skipped -= start
        let count = min(whole.size - start, left ?? .max)
        left = left.map { $0 - count }
        if start == 0, count == whole.size { return whole }
        return try FileStream(
            cid, range: start..<start + count, library: invocation.library)
    }

    private static func pieces(
        of parts: [FileStream], _ invocation: Invocation
    ) -> () throws -> Bytes? {
        var rest = parts[...]
        return {
            while var part = rest.popFirst() {
                if part.range.isEmpty { continue }
                guard let piece = try part.next() else { continue }
                rest = [part] + rest
                return piece
            }
            return nil
        }
    }
}
