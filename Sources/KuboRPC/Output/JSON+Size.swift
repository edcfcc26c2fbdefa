extension JSON {
    /// Bytes of the value as it is written, without a newline: known before there is memory for them.
    ///
    /// - Complexity: goes once over all texts.
    var byteCount: Int {
        switch self {
        case .null: 4
        case .flag(let value): value ? 4 : 5
        case .integer(let value): String(value).utf8.count
        case .unsigned(let value): String(value).utf8.count
        case .single(let value): JSON.digits(of: value).utf8.count
        case .text(let text): JSON.byteCount(of: text)
        case .list(let values): values.reduce(2 + max(0, values.count - 1)) { $0 + $1.byteCount }
        case .made(let count, let make):
            (0..<count).reduce(2 + max(0, count - 1)) { $0 + make($1).byteCount }
        case .object(let fields):
            fields.reduce(2 + max(0, fields.count - 1)) { sum, field in
                sum + JSON.byteCount(of: field.0) + 1 + field.1.byteCount
            }
        }
    }

    /// Bytes of a text with its quotation marks, as `write` escapes it.
    private static func byteCount(of text: String) -> Int {
        let bytes = text.utf8Span.span
        var sum = bytes.count + 2
        var index = 0
        while index < bytes.count {
            if let escape = JSONEscape(bytes, at: index) {
                sum += escape.writtenByteCount - escape.byteCount
                index += escape.byteCount
            } else {
                index += 1
            }
        }
        return sum
    }
}
