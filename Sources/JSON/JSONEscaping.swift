import Buffers

/// Which characters of a text are escaped in a JSON string, and which of them by a letter: every
/// writer of JSON has rules of its own, and clients compare texts byte for byte.
///
/// Quotes, backslashes and characters below U+0020 are escaped everywhere.
package struct JSONEscaping: Sendable {
    /// As Go's `encoding/json` with its escapes for HTML: `<`, `>`, `&`, U+2028 and U+2029 too, and
    /// `\b` and `\f` by their letters.
    package static let goHTML = JSONEscaping(
        also: "<>&", escapesLineSeparators: true, hasAllLetters: true)

    /// As go-ipld-prime writes dag-json and json: U+2028 and U+2029 too.
    package static let ipld = JSONEscaping(escapesLineSeparators: true, hasAllLetters: false)

    /// For lines of the log and the configuration, which people read on terminals: DEL too.
    package static let plain = JSONEscaping(
        also: "\u{7f}", escapesLineSeparators: false, hasAllLetters: false)

    /// Those of ASCII.
    private let escaped: ByteSet
    private let escapesLineSeparators: Bool
    /// Whether `\b` and `\f` are written, too, beside `\n`, `\r` and `\t`.
    private let hasAllLetters: Bool

    private init(also more: String = "", escapesLineSeparators: Bool, hasAllLetters: Bool) {
        escaped = ByteSet("\"\\" + more, 0...0x1F)
        self.escapesLineSeparators = escapesLineSeparators
        self.hasAllLetters = hasAllLetters
    }

    /// The escape for the character whose first byte stands there; nil where it needs none.
    @inline(__always)
    func escape(_ bytes: Span<UInt8>, at index: Int) -> JSONEscape? {
        let byte = bytes[index]
        if escaped.contains(byte) { return escape(ascii: byte) }
        // U+2028 and U+2029, which are line ends in JavaScript.
        guard byte == 0xe2, escapesLineSeparators, index + 2 < bytes.count,
            bytes[index + 1] == 0x80, bytes[index + 2] & 0xfe == 0xa8
        else { return nil }
        return .number(0x2000 | UInt16(bytes[index + 2] & 0x3f), byteCount: 3)
    }

    private func escape(ascii byte: UInt8) -> JSONEscape {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): .letter(byte)
        case UInt8(ascii: "\n"): .letter(UInt8(ascii: "n"))
        case UInt8(ascii: "\r"): .letter(UInt8(ascii: "r"))
        case UInt8(ascii: "\t"): .letter(UInt8(ascii: "t"))
        case 0x08 where hasAllLetters: .letter(UInt8(ascii: "b"))
        case 0x0c where hasAllLetters: .letter(UInt8(ascii: "f"))
        default: .number(UInt16(byte), byteCount: 1)
        }
    }
}
