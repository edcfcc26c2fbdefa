package import Buffers

/// Texts as JSON strings, written by hand: answers and log lines are hot, and Foundation stays out.
package enum JSONText {
    /// Appends a text in quotes, with its escapes.
    ///
    /// What needs no escape is copied in runs: a text may have millions of bytes.
    package static func write(
        _ text: String, _ escaping: JSONEscaping, to writer: inout ByteWriter
    ) {
        writer.append(UInt8(ascii: "\""))
        write(contentOf: text, escaping, to: &writer)
        writer.append(UInt8(ascii: "\""))
    }

    /// Appends a text with its escapes, without quotes: a part of one.
    package static func write(
        contentOf text: String, _ escaping: JSONEscaping, to writer: inout ByteWriter
    ) {
        write(run: text.utf8Span.span, escaping, to: &writer)
    }

    /// Appends bytes as `displayText` shows them, in quotes, without making that text.
    package static func write(
        shown bytes: Bytes, _ escaping: JSONEscaping, to writer: inout ByteWriter
    ) {
        writer.append(UInt8(ascii: "\""))
        write(contentOfShown: bytes, escaping, to: &writer)
        writer.append(UInt8(ascii: "\""))
    }

    /// Appends bytes as `displayText` shows them, without quotes: a part of a text.
    package static func write(
        contentOfShown bytes: Bytes, _ escaping: JSONEscaping, to writer: inout ByteWriter
    ) {
        bytes.withUTF8Runs { write(run: $0, escaping, to: &writer) }
    }

    /// Appends a part of a text with its escapes; it begins and ends between characters.
    static func write(
        run bytes: Span<UInt8>, _ escaping: JSONEscaping, to writer: inout ByteWriter
    ) {
        var start = 0
        forEachEscape(in: bytes, escaping) { escape, index in
            writer.append(bytes.extracting(start..<index))
            escape.write(to: &writer)
            start = index + escape.byteCount
        }
        writer.append(bytes.extracting(start..<bytes.count))
    }

    /// Bytes that `write` appends: known before there is memory for them.
    ///
    /// - Complexity: goes once over the text.
    package static func byteCount(of text: String, _ escaping: JSONEscaping) -> Int {
        2 + byteCount(ofRun: text.utf8Span.span, escaping)
    }

    /// Bytes that `write(shown:)` appends.
    ///
    /// - Complexity: goes once over the bytes.
    package static func byteCount(ofShown bytes: Bytes, _ escaping: JSONEscaping) -> Int {
        var sum = 2
        bytes.withUTF8Runs { sum += byteCount(ofRun: $0, escaping) }
        return sum
    }

    private static func byteCount(ofRun bytes: Span<UInt8>, _ escaping: JSONEscaping) -> Int {
        var sum = bytes.count
        forEachEscape(in: bytes, escaping) { escape, _ in
            sum += escape.writtenByteCount - escape.byteCount
        }
        return sum
    }

    /// A text in quotes, with its escapes.
    ///
    /// - Returns: a JSON string, pure ASCII where the text is.
    package static func quoted(_ text: String, _ escaping: JSONEscaping = .plain) -> String {
        var writer = ByteWriter(capacity: text.utf8.count + 16)
        write(text, escaping, to: &writer)
        return writer.finish().displayText
    }

    /// A character as escapes: a backslash, `u` and four digits for each unit of its UTF-16.
    package static func escaped(_ scalar: Unicode.Scalar) -> String {
        var writer = ByteWriter(capacity: 16)
        for unit in scalar.utf16 { JSONEscape.number(unit, byteCount: 0).write(to: &writer) }
        return writer.finish().displayText
    }

    /// The value of a hexadecimal digit, as behind `\u`.
    @inlinable @inline(__always)
    package static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    @inline(__always)
    private static func forEachEscape(
        in bytes: Span<UInt8>, _ escaping: JSONEscaping, _ body: (JSONEscape, Int) -> Void
    ) {
        var index = 0
        while index < bytes.count {
            guard let escape = escaping.escape(bytes, at: index) else {
                index += 1
                continue
            }
            body(escape, index)
            index += escape.byteCount
        }
    }
}
