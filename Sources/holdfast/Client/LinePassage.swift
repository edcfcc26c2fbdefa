import Buffers

/// Hands lines on as they come, whatever their length. A line that is short enough to be an error
/// answer is held until it is complete, and looked at before it goes on.
struct LinePassage {
    private var held: [UInt8] = []
    /// Whether the start of the line has gone on already.
    private var isPassing = false

    /// Takes the next piece of the stream.
    ///
    /// - Parameters:
    ///   - piece: ends anywhere.
    ///   - check: gets each short line before it goes on, without its newline.
    ///   - pass: gets the lines that are not empty, with their newlines, in parts that do not end
    ///     within a character.
    mutating func feed(
        _ piece: Bytes, check: ([UInt8]) throws -> Void, pass: (Bytes) throws -> Void
    ) throws {
        var rest = piece.array[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            held += rest[..<end]
            try endLine(check, pass)
            rest = rest[(end + 1)...]
        }
        held += rest
        guard isPassing || held.count > Limits.heldLineByteCountMax else { return }
        let tail = TextPieces.startedCharacterByteCount(held)
        try pass(Bytes(held.dropLast(tail)))
        held = held.suffix(tail)
        isPassing = true
    }

    /// Ends the stream, and with it the last line.
    mutating func finish(
        check: ([UInt8]) throws -> Void, pass: (Bytes) throws -> Void
    ) throws {
        try endLine(check, pass)
    }

    private mutating func endLine(
        _ check: ([UInt8]) throws -> Void, _ pass: (Bytes) throws -> Void
    ) throws {
        guard isPassing || !held.isEmpty else { return }
        if !isPassing { try check(held) }
        held.append(UInt8(ascii: "\n"))
        try pass(Bytes(held))
        held.removeAll(keepingCapacity: true)
        isPassing = false
    }
}
