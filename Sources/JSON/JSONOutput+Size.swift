import Buffers

extension JSONOutput {
    /// Bytes of the value as it is written, without a newline: known before there is memory for them.
    ///
    /// - Complexity: goes once over all texts.
    package var byteCount: Int {
        switch self {
        case .null: 4
        case .flag(let value): value ? 4 : 5
        case .integer(let value): String(value).utf8.count
        case .unsigned(let value): String(value).utf8.count
        case .single(let value): JSONOutput.digits(of: value).utf8.count
        case .text(let text): JSONText.byteCount(of: text, .goHTML)
        case .shown(let bytes): JSONText.byteCount(ofShown: bytes, .goHTML)
        case .joined(let texts, let bytes):
            // The bytes may be long, and stand there often.
            texts.compactMap(\.self).reduce(2) { sum, text in
                sum + JSONText.byteCount(of: text, .goHTML) - 2
            } + texts.count { $0 == nil } * (JSONText.byteCount(ofShown: bytes, .goHTML) - 2)
        case .list(let values): values.reduce(2 + max(0, values.count - 1)) { $0 + $1.byteCount }
        case .made(let count, let make):
            (0..<count).reduce(2 + max(0, count - 1)) { $0 + make($1).byteCount }
        case .object(let fields):
            fields.reduce(2 + max(0, fields.count - 1)) { sum, field in
                sum + JSONText.byteCount(of: field.0, .goHTML) + 1 + field.1.byteCount
            }
        }
    }
}
