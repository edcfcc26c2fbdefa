import Buffers

/// Cuts a stream of bytes into lines.
struct LineSplitter {
    private var rest: [UInt8] = []
    /// How much of the rest is known to hold no newline.
    private var searched = 0

    /// Takes the next piece of the stream.
    ///
    /// - Parameters:
    ///   - piece: ends anywhere.
    ///   - body: gets each whole line that is not empty, without its newline.
    /// - Throws: `NodeError` for a line beyond the limit; what `body` throws.
    mutating func feed(_ piece: Bytes, _ body: ([UInt8]) throws -> Void) throws {
        rest += piece.array
        var start = 0
        while let end = rest[max(start, searched)...].firstIndex(of: UInt8(ascii: "\n")) {
            if end > start { try body(Array(rest[start..<end])) }
            start = end + 1
        }
        rest.removeFirst(start)
        searched = rest.count
        guard rest.count <= Limits.answerLineByteCountMax else {
            throw NodeError(
                "the node's answer cannot be read: a line of it has more than "
                    + "\(Limits.answerLineByteCountMax) bytes")
        }
    }

    /// Ends the stream.
    ///
    /// - Parameter body: gets what stands behind the last newline, if there is anything.
    mutating func finish(_ body: ([UInt8]) throws -> Void) throws {
        guard !rest.isEmpty else { return }
        try body(rest)
        rest = []
    }
}
