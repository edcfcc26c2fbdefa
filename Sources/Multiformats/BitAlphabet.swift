import Buffers

/// A base with a power of two of characters, in the manner of RFC 4648: bits in order, the highest
/// first, the last character filled up with zero bits.
struct BitAlphabet: Sendable {
    /// Marks a byte that is no character of this base.
    private static let none: UInt8 = 0xff

    private let bitsPerCharacter: Int
    private let characters: [UInt8]
    private let values: [UInt8]
    /// How many characters make up whole bytes; texts of padded bases are filled up to that.
    private let padsTo: Int

    /// - Parameters:
    ///   - characters: a power of two of them.
    ///   - ignoresCase: whether both cases are read.
    ///   - padsTo: 1 for bases without padding.
    init(_ characters: String, ignoresCase: Bool = false, padsTo: Int = 1) {
        self.characters = Array(characters.utf8)
        self.padsTo = padsTo
        bitsPerCharacter = self.characters.count.trailingZeroBitCount
        precondition(self.characters.count == 1 << bitsPerCharacter, "not a power of two")
        values = Self.reversed(self.characters, ignoresCase: ignoresCase)
    }

    /// What each byte means, `none` for those that mean nothing.
    static func reversed(_ characters: [UInt8], ignoresCase: Bool) -> [UInt8] {
        var values = [UInt8](repeating: none, count: 256)
        for (value, character) in characters.enumerated() {
            values[Int(character)] = UInt8(value)
            let other = character ^ 0x20
            if ignoresCase, (0x61...0x7a).contains(character | 0x20) {
                values[Int(other)] = UInt8(value)
            }
        }
        return values
    }

    /// Appends the text of some bytes.
    func encode(_ bytes: Span<UInt8>, to text: inout [UInt8]) {
        let alphabet = characters.span
        let mask = UInt64(characters.count - 1)
        var held: UInt64 = 0
        var heldBits = 0
        for index in bytes.indices {
            held = (held << 8) | UInt64(bytes[index])
            heldBits += 8
            while heldBits >= bitsPerCharacter {
                heldBits -= bitsPerCharacter
                text.append(alphabet[Int((held >> UInt64(heldBits)) & mask)])
            }
        }
        if heldBits > 0 {
            let last = held << UInt64(bitsPerCharacter - heldBits)
            text.append(alphabet[Int(last & mask)])
        }
        pad(&text, from: bytes.count)
    }

    /// How many characters, with padding, so many bytes take.
    func textCount(of byteCount: Int) -> Int {
        let plain = (byteCount * 8 + bitsPerCharacter - 1) / bitsPerCharacter
        return (plain + padsTo - 1) / padsTo * padsTo
    }

    /// How many whole bytes so many characters have room for.
    func byteCount(of textCount: Int) -> Int { textCount * bitsPerCharacter / 8 }

    private func pad(_ text: inout [UInt8], from byteCount: Int) {
        let plain = (byteCount * 8 + bitsPerCharacter - 1) / bitsPerCharacter
        for _ in plain..<textCount(of: byteCount) { text.append(UInt8(ascii: "=")) }
    }

    /// Reads a text without its prefix.
    ///
    /// - Throws: `.multibase` for other characters, wrong padding, and bits that would be lost.
    func decode(_ text: Span<UInt8>, to bytes: inout ByteWriter) throws(MultiformatsError) {
        let count = try unpaddedCount(text)
        let table = values.span
        var held: UInt64 = 0
        var heldBits = 0
        for index in 0..<count {
            let value = table[Int(text[index])]
            guard value != Self.none else { throw Self.corrupt(at: index) }
            held = (held << UInt64(bitsPerCharacter)) | UInt64(value)
            heldBits += bitsPerCharacter
            if heldBits >= 8 {
                heldBits -= 8
                bytes.append(UInt8(truncatingIfNeeded: held >> UInt64(heldBits)))
            }
        }
        let lost = held & ((1 << UInt64(heldBits)) - 1)
        guard heldBits < bitsPerCharacter, lost == 0 else { throw Self.corrupt(at: count) }
    }

    private func unpaddedCount(_ text: Span<UInt8>) throws(MultiformatsError) -> Int {
        guard padsTo > 1 else { return text.count }
        guard text.count % padsTo == 0 else { throw Self.corrupt(at: text.count) }
        var count = text.count
        while count > 0, text[count - 1] == UInt8(ascii: "=") { count -= 1 }
        guard text.count - count < padsTo, textCount(of: count * bitsPerCharacter / 8) == text.count
        else { throw Self.corrupt(at: count) }
        return count
    }

    private static func corrupt(at index: Int) -> MultiformatsError {
        MultiformatsError(.multibase, "illegal base data at input byte \(index)")
    }
}
