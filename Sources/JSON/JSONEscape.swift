import Buffers

/// What is written for a character that cannot stand in a JSON string as it is.
enum JSONEscape {
    /// A backslash and a letter.
    case letter(UInt8)
    /// `\u` and four digits; the character takes so many bytes of UTF-8.
    case number(UInt16, byteCount: Int)

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
