/// Texts inside pages: nothing that comes from content is ever markup.
enum HTML {
    /// The text with the five characters escaped that mean something in markup. Control characters, which no
    /// page may have and which a terminal would obey, become what browsers show for a NUL; so do those that turn
    /// text around, which make `exe.txt` of `txt.exe`. Marks of direction stay: they turn no letter.
    static func escaped(_ text: some StringProtocol) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            if let form = form(of: scalar) {
                result += form
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Bytes of the escaped text.
    static func escapedByteCount(of text: some StringProtocol) -> Int {
        text.unicodeScalars.reduce(0) {
            $0 + (form(of: $1)?.utf8.count ?? UTF8.width($1))
        }
    }

    /// What stands for a character; nil where it stands for itself.
    private static func form(of scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        case "\"": "&#34;"
        case "'": "&#39;"
        case "\t", "\n": nil
        case "\0"..<" ", "\u{7F}"..<"\u{A0}": "\u{FFFD}"
        case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": "\u{FFFD}"
        default: nil
        }
    }
}
