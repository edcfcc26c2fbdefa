import Buffers

/// A base that writes bytes as one large number; each leading zero byte is one zero character.
///
/// Takes time quadratic in the length, so its input is limited (`Limits.quadraticTextBytesMax`).
struct NumberAlphabet: Sendable {
    private static let none: UInt8 = 0xff

    private let name: String
    private let characters: [UInt8]
    private let values: [UInt8]
    /// How many characters are worked on at once, and how many values those have: below 2^32.
    private let groupCount: Int
    private let groupRadix: UInt64

    init(_ characters: String, name: String, ignoresCase: Bool = false) {
        self.name = name
        self.characters = Array(characters.utf8)
        values = BitAlphabet.reversed(self.characters, ignoresCase: ignoresCase)
        let radix = UInt64(self.characters.count)
        var power = radix
        var count = 1
        while power * radix <= 1 << 32 {
            power *= radix
            count += 1
        }
        groupCount = count
        groupRadix = power
    }

    /// Appends the text of some bytes.
    func encode(_ bytes: Span<UInt8>, to text: inout [UInt8]) {
        var zeroCount = 0
        while zeroCount < bytes.count, bytes[zeroCount] == 0 { zeroCount += 1 }
        for _ in 0..<zeroCount { text.append(characters[0]) }
        var groups: [UInt32] = []
        groups.reserveCapacity((bytes.count - zeroCount) * 8 / 26 + 1)
        var word: UInt64 = 0
        for index in zeroCount..<bytes.count {
            word = (word << 8) | UInt64(bytes[index])
            guard (bytes.count - index) % 4 == 1 else { continue }
            Self.multiply(&groups, by: 1 << 32, adding: word, radix: groupRadix)
            word = 0
        }
        append(groups, to: &text)
    }

    /// Appends the digits of groups, lowest first, and turns them around: one division a digit.
    private func append(_ groups: [UInt32], to text: inout [UInt8]) {
        let radix = UInt32(characters.count)
        let start = text.count
        for group in groups {
            var rest = group
            for _ in 0..<groupCount {
                let digit = rest.quotientAndRemainder(dividingBy: radix)
                text.append(characters[Int(digit.remainder)])
                rest = digit.quotient
            }
        }
        while text.count > start, text.last == characters[0] { text.removeLast() }
        text[start...].reverse()
    }

    /// Reads a text without its prefix.
    ///
    /// - Throws: `.multibase` for other characters and for texts over the limit.
    func decode(_ text: Span<UInt8>, to bytes: inout ByteWriter) throws(MultiformatsError) {
        guard text.count <= Limits.quadraticTextBytesMax else {
            throw MultiformatsError(
                .multibase,
                "\(name) text has \(text.count) bytes, maximum \(Limits.quadraticTextBytesMax)")
        }
        var zeroCount = 0
        while zeroCount < text.count, text[zeroCount] == characters[0] { zeroCount += 1 }
        for _ in 0..<zeroCount { bytes.append(0) }
        Self.append(try words(of: text, from: zeroCount), to: &bytes)
    }

    /// The number of a text as 32-bit words, the lowest first.
    private func words(
        of text: Span<UInt8>, from start: Int
    ) throws(MultiformatsError) -> [UInt32] {
        let radix = UInt64(characters.count)
        var words: [UInt32] = []
        words.reserveCapacity(text.count / 5 + 1)
        var group: UInt64 = 0
        var power: UInt64 = 1
        for index in start..<text.count {
            let value = values[Int(text[index])]
            guard value != Self.none else { throw corrupt(text[index]) }
            group = group * radix + UInt64(value)
            power *= radix
            if power == groupRadix || index == text.count - 1 {
                Self.multiply(&words, by: power, adding: group, radix: 1 << 32)
                group = 0
                power = 1
            }
        }
        return words
    }

    private static func append(_ words: [UInt32], to bytes: inout ByteWriter) {
        // No word is written for nothing, so the highest one is not zero.
        guard let highest = words.last else { return }
        for shift in stride(from: 24 - highest.leadingZeroBitCount / 8 * 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: highest >> UInt32(shift)))
        }
        for word in words.dropLast().reversed() { bytes.appendBigEndian(word) }
    }

    /// Multiplies a large number, whose digits of a radix stand lowest first, and adds to it.
    ///
    /// Neither overflows: digits and carry are below 2^32, and so is `factor - 1`.
    @inline(__always)
    private static func multiply(
        _ digits: inout [UInt32], by factor: UInt64, adding term: UInt64, radix: UInt64
    ) {
        var carry = term
        for index in digits.indices {
            let (quotient, remainder) = (UInt64(digits[index]) * factor + carry)
                .quotientAndRemainder(dividingBy: radix)
            digits[index] = UInt32(remainder)
            carry = quotient
        }
        while carry > 0 {
            digits.append(UInt32(carry % radix))
            carry /= radix
        }
    }

    private func corrupt(_ byte: UInt8) -> MultiformatsError {
        let character = byte < 0x80 ? String(Unicode.Scalar(byte)) : "byte \(byte)"
        return MultiformatsError(.multibase, "invalid \(name) digit ('\(character)')")
    }
}
