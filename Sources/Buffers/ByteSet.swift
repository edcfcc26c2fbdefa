/// A set of bytes, such as a class of a grammar: two words of bits for ASCII and one answer for the
/// rest. Every text of every message is looked through with some of them.
package struct ByteSet: Sendable, Equatable {
    @usableFromInline var low: UInt64 = 0
    @usableFromInline var high: UInt64 = 0
    @usableFromInline let holdsNonASCII: Bool

    /// Collects bytes.
    ///
    /// - Parameters:
    ///   - characters: ASCII only.
    ///   - ranges: more of them.
    ///   - holdsNonASCII: whether the bytes from 0x80 on belong to it.
    package init(
        _ characters: String = "", _ ranges: ClosedRange<UInt8>..., holdsNonASCII: Bool = false
    ) {
        self.holdsNonASCII = holdsNonASCII
        for byte in characters.utf8 { insert(byte) }
        for byte in ranges.joined() { insert(byte) }
    }

    /// Letters and digits.
    package static let alphanumerics = ByteSet(
        "", UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "A")...UInt8(ascii: "Z"))

    /// What is visible: ASCII without its controls and the blank.
    package static let visible = ByteSet("", 0x21...0x7E)

    /// What can end a line, or means something to a terminal; the tab is one of them.
    package static let controls = ByteSet("", 0...0x1F, 0x7F...0x7F)

    /// Whether a byte belongs to the set.
    @inlinable @inline(__always)
    package func contains(_ byte: UInt8) -> Bool {
        guard byte < 0x80 else { return holdsNonASCII }
        return ((byte < 0x40 ? low : high) &>> UInt64(byte & 0x3F)) & 1 == 1
    }

    /// The set with more bytes.
    ///
    /// - Parameter characters: ASCII only.
    package func union(_ characters: String) -> ByteSet {
        var set = self
        for byte in characters.utf8 { set.insert(byte) }
        return set
    }

    /// The set without some of its bytes.
    ///
    /// - Parameter characters: ASCII only.
    package func without(_ characters: String) -> ByteSet {
        inverted().union(characters).inverted()
    }

    /// All bytes that do not belong to the set.
    package func inverted() -> ByteSet {
        var set = ByteSet(holdsNonASCII: !holdsNonASCII)
        (set.low, set.high) = (~low, ~high)
        return set
    }

    private mutating func insert(_ byte: UInt8) {
        precondition(byte < 0x80, "a byte set is written in ASCII")
        if byte < 0x40 { low |= 1 << byte } else { high |= 1 << (byte - 0x40) }
    }
}

extension ByteSet {
    /// Whether the blank and all that is visible belong to it: of most texts nothing else is asked.
    private var holdsPrintable: Bool {
        low & ~0xFFFF_FFFF == ~0xFFFF_FFFF && high | 1 << 63 == .max
    }

    /// Whether eight bytes are all from 0x20 to 0x7E.
    private static func isPrintable(_ word: UInt64) -> Bool {
        let (ones, highs): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
        // The highest bit of a byte is set by itself, by a borrow below 0x20, by a carry from 0x7F.
        return (word | (word &- ones &* 0x20) | (word &+ ones)) & highs == 0
    }

    /// Whether all bytes belong to the set.
    package func holds(_ bytes: Span<UInt8>) -> Bool {
        var index = 0
        if holdsPrintable {
            let raw = unsafe bytes.bytes
            while index + 8 <= bytes.count,
                Self.isPrintable(
                    unsafe raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
            { index += 8 }
        }
        while index < bytes.count {
            guard contains(bytes[index]) else { return false }
            index += 1
        }
        return true
    }
}

extension String {
    /// Whether all bytes of the text's UTF-8 form belong to a set.
    package func consists(of set: ByteSet) -> Bool { set.holds(utf8Span.span) }
}
