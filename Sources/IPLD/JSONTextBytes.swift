import Buffers
import JSON

/// The bytes that a text of JSON stands for, one by one, up to its quote or the end.
///
/// The text was checked before: every escape is one.
struct JSONTextBytes {
    private let text: Bytes
    private var index: Int
    /// The rest of a scalar that was written as an escape, the next byte lowest.
    private var pending: UInt32 = 0

    /// - Parameters:
    ///   - text: what the text stands in.
    ///   - index: where its first byte behind the quote stands.
    init(_ text: Bytes, at index: Int = 0) {
        self.text = text
        self.index = index
    }

    /// The next byte of UTF-8; nil at the end of the text.
    mutating func next() -> UInt8? {
        if pending != 0 {
            defer { pending >>= 8 }
            return UInt8(truncatingIfNeeded: pending)
        }
        guard index < text.count else { return nil }
        let byte = text[index]
        guard byte != UInt8(ascii: "\"") else { return nil }
        index += 1
        return byte == UInt8(ascii: "\\") ? nextOfEscape() : byte
    }

    /// Which of two texts comes first by their bytes.
    ///
    /// - Returns: negative, zero or positive, as the first one is less, the same, or more.
    static func compare(_ left: Int, _ right: Int, in text: Bytes) -> Int {
        var first = JSONTextBytes(text, at: left)
        var second = JSONTextBytes(text, at: right)
        while true {
            switch (first.next(), second.next()) {
            case (nil, nil): return 0
            case (nil, _): return -1
            case (_, nil): return 1
            case (let a?, let b?) where a != b: return a < b ? -1 : 1
            default: continue
            }
        }
    }

    private mutating func nextOfEscape() -> UInt8? {
        guard index < text.count else { return nil }
        let byte = text[index]
        index += 1
        switch byte {
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0c
        case UInt8(ascii: "n"): return 0x0a
        case UInt8(ascii: "r"): return 0x0d
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "u"): return nextOfScalar()
        default: return byte
        }
    }

    private mutating func nextOfScalar() -> UInt8? {
        var number = takeFourDigits()
        if (0xd800..<0xdc00).contains(number) {
            index += 2
            number = 0x10000 + (number & 0x3ff) << 10 + (takeFourDigits() & 0x3ff)
        }
        let scalar = Unicode.Scalar(number) ?? "\u{fffd}"
        var shift: UInt32 = 0
        var bytes: UInt32 = 0
        for byte in UTF8.encode(scalar) ?? .init() {
            bytes |= UInt32(byte) << shift
            shift += 8
        }
        pending = bytes >> 8
        return UInt8(truncatingIfNeeded: bytes)
    }

    private mutating func takeFourDigits() -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 where index < text.count {
            value = value << 4 | UInt32(JSONText.hexadecimal(text[index]) ?? 0)
            index += 1
        }
        return value
    }
}
