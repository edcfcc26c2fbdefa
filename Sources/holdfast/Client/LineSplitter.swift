import Buffers

/// Cuts a stream of bytes into lines.
struct LineSplitter {
    private var rest: [UInt8] = []

    /// Takes the next piece of the stream.
    ///
    /// - Parameters:
    ///   - piece: ends anywhere.
    ///   - body: gets each whole line that is not empty, without its newline.
    mutating func feed(_ piece: Bytes, _ body: ([UInt8]) throws -> Void) throws {
        rest += piece.array
        var start = 0
        while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
            if end > start { try body(Array(rest[start..<end])) }
            start = end + 1
        }
        rest.removeFirst(start)
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
