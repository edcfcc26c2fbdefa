import Buffers

/// What is written for a character that Go's encoder does not leave as it is.
enum JSONEscape {
    /// A backslash and a letter.
    case letter(UInt8)
    /// `\u` and four digits; the character takes so many bytes of UTF-8.
    case number(UInt16, byteCount: Int)

    /// The escape for the character whose first byte stands there; nil where it needs none.
    @inline(__always)
    init?(_ bytes: Span<UInt8>, at index: Int) {
        let byte = bytes[index]
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): self = .letter(byte)
        case UInt8(ascii: "\n"): self = .letter(UInt8(ascii: "n"))
        case UInt8(ascii: "\r"): self = .letter(UInt8(ascii: "r"))
        case UInt8(ascii: "\t"): self = .letter(UInt8(ascii: "t"))
        case 0x08: self = .letter(UInt8(ascii: "b"))
        case 0x0c: self = .letter(UInt8(ascii: "f"))
        case 0..<0x20, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
            self = .number(UInt16(byte), byteCount: 1)
        // U+2028 and U+2029, which are line ends in JavaScript.
        case 0xe2
        where index + 2 < bytes.count && bytes[index + 1] == 0x80 && bytes[index + 2] & 0xfe == 0xa8:
            self = .number(0x2000 | UInt16(bytes[index + 2] & 0x3f), byteCount: 3)
        default: return nil
        }
    }

    /// Bytes of the character itself.
    var byteCount: Int { if case .number(_, let count) = self { count } else { 1 } }

    /// Bytes of the escape.
    var writtenByteCount: Int { if case .number = self { 6 } else { 2 } }

    /// Appends the escape.
    func write(to writer: inout ByteWriter) {
        writer.append(UInt8(ascii: "\\"))
        switch self {
        case .letter(let letter): writer.append(letter)
        case .number(let number, _):
            writer.append(UInt8(ascii: "u"))
            for shift in [12, 8, 4, 0] {
                let digit = UInt8(truncatingIfNeeded: number >> UInt16(shift)) & 15
                writer.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
            }
        }
    }
}
