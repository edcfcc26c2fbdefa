import Buffers

/// A text in pieces that end anywhere, cut anew so that none ends within a character: a terminal
/// gets each piece as text of its own, and half a character is none.
struct TextPieces {
    /// The beginning of a character whose rest has not come.
    private var held = Bytes.empty

    /// Takes the next piece.
    ///
    /// - Returns: what is whole of it, behind what was held; may be empty.
    mutating func take(_ piece: Bytes) -> Bytes {
        let text = held.isEmpty ? piece : held.appending(piece)
        let tail = Self.startedCharacterByteCount(text.dropFirst(max(0, text.count - 3)).array)
        held = text.dropFirst(text.count - tail)
        return text.dropLast(tail)
    }

    /// Ends the text.
    ///
    /// - Returns: what was held, which is no character.
    mutating func finish() -> Bytes {
        defer { held = .empty }
        return held
    }

    /// Bytes at the end that begin a character of UTF-8 whose rest has not come.
    static func startedCharacterByteCount(_ bytes: [UInt8]) -> Int {
        for (back, byte) in bytes.suffix(3).reversed().enumerated() where byte & 0xC0 != 0x80 {
            let needed = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            return back + 1 < needed ? back + 1 : 0
        }
        return 0
    }
}
