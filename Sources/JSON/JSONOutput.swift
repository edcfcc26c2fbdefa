package import Buffers

/// A JSON value that is to be written: parts of it may be bytes that are no text yet, or values that
/// are made only then. It has the order of its fields, and is written byte for byte as Go's encoder
/// writes it.
///
/// Clients compare texts and split on newlines, so there is no white space, and `<`, `>`, `&` and
/// the two line separators of Unicode are escaped.
package indirect enum JSONOutput: Sendable {
    case null
    case flag(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    /// A number with 32 bits, in as few digits as tell it from its neighbours.
    case single(Float)
    case text(String)
    /// Bytes as the text that `displayText` shows, which is never made: a name may have the length of a
    /// block, and its text three times that.
    case shown(Bytes)
    /// One text out of several; nil stands for the bytes, as `shown` has them.
    case joined([String?], Bytes)
    case list([JSONOutput])
    /// A list whose values are made when they are written, each time: a long one takes no memory.
    case made(Int, @Sendable (Int) -> JSONOutput)
    /// Fields in the order written.
    case object([(String, JSONOutput)])

    /// A count or size.
    package static func count(_ value: Int) -> JSONOutput { .integer(Int64(value)) }

    /// The value with a newline behind it: one element of a stream.
    package var line: Bytes {
        var writer = ByteWriter(capacity: 128)
        writeLine(to: &writer)
        return writer.finish()
    }

    /// Appends the value with a newline behind it.
    package func writeLine(to writer: inout ByteWriter) {
        write(to: &writer)
        writer.append(UInt8(ascii: "\n"))
    }

    /// Appends the value.
    package func write(to writer: inout ByteWriter) {
        switch self {
        case .null: writer.append(utf8: "null")
        case .flag(let value): writer.append(utf8: value ? "true" : "false")
        case .integer(let value): writer.append(utf8: String(value))
        case .unsigned(let value): writer.append(utf8: String(value))
        case .single(let value): writer.append(utf8: JSONOutput.digits(of: value))
        case .text(let text): JSONText.write(text, .goHTML, to: &writer)
        case .shown(let bytes): JSONText.write(shown: bytes, .goHTML, to: &writer)
        case .joined(let texts, let bytes):
            writer.append(UInt8(ascii: "\""))
            for text in texts {
                if let text {
                    JSONText.write(contentOf: text, .goHTML, to: &writer)
                } else {
                    JSONText.write(contentOfShown: bytes, .goHTML, to: &writer)
                }
            }
            writer.append(UInt8(ascii: "\""))
        case .list(let values): JSONOutput.write(values.count, to: &writer) { values[$0] }
        case .made(let count, let make): JSONOutput.write(count, to: &writer, make)
        case .object(let fields):
            writer.append(UInt8(ascii: "{"))
            for (index, field) in fields.enumerated() {
                if index > 0 { writer.append(UInt8(ascii: ",")) }
                JSONText.write(field.0, .goHTML, to: &writer)
                writer.append(UInt8(ascii: ":"))
                field.1.write(to: &writer)
            }
            writer.append(UInt8(ascii: "}"))
        }
    }

    private static func write(
        _ count: Int, to writer: inout ByteWriter, _ value: (Int) -> JSONOutput
    ) {
        writer.append(UInt8(ascii: "["))
        for index in 0..<count {
            if index > 0 { writer.append(UInt8(ascii: ",")) }
            value(index).write(to: &writer)
        }
        writer.append(UInt8(ascii: "]"))
    }

    /// The digits of a number, without the point of a whole one.
    static func digits(of value: Float) -> String {
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

/// Fields that are left out when they are empty, as Go does where it is told so.
extension JSONOutput {
    /// The fields that are not empty, in order: no null, false, zero, empty text or list.
    package static func withoutEmpty(_ fields: [(String, JSONOutput)]) -> [(String, JSONOutput)] {
        fields.filter { !$0.1.isEmpty }
    }

    private var isEmpty: Bool {
        switch self {
        case .null: true
        case .flag(let value): !value
        case .integer(let value): value == 0
        case .unsigned(let value): value == 0
        case .single(let value): value == 0
        case .text(let text): text.isEmpty
        case .shown(let bytes): bytes.isEmpty
        case .joined(let texts, let bytes): texts.allSatisfy { $0?.isEmpty ?? bytes.isEmpty }
        case .list(let values): values.isEmpty
        case .made(let count, _): count == 0
        case .object: false
        }
    }
}
