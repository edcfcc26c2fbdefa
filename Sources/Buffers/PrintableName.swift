/// Makes what others have written safe to print. A terminal obeys control characters, so no name, and
/// no text of a node, reaches one as it is; only `cat` and its kin write bytes.
package enum PrintableName {
    /// The name as it is, or with Go's escapes if there is a backslash or something unprintable in it.
    /// (Kubo's `EscNonPrint`): for names in lines that people read, on a terminal or not.
    package static func escaped(_ name: String) -> String {
        guard name.unicodeScalars.contains(where: { $0 == "\\" || !$0.isPrintable }) else {
            return name
        }
        return name.unicodeScalars.map(escaped).joined()
    }

    /// A text of several lines for a terminal: what is unprintable is escaped, but for newlines and
    /// tabs. Backslashes stay, so a text without anything unprintable stays as it is.
    package static func forTerminal(_ text: String) -> String {
        printable(text) { $0 == "\n" || $0 == "\t" || $0.isPrintable }
    }

    /// The same for one line: newlines are escaped too.
    package static func forTerminalLine(_ text: String) -> String {
        printable(text) { $0 == "\t" || $0.isPrintable }
    }

    private static func printable(
        _ text: String, keeping isKept: (Unicode.Scalar) -> Bool
    ) -> String {
        guard !text.unicodeScalars.allSatisfy(isKept) else { return text }
        return text.unicodeScalars.map { isKept($0) ? String($0) : escaped($0) }.joined()
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\\": return "\\\\"
        case "\u{7}": return "\\a"
        case "\u{8}": return "\\b"
        case "\u{C}": return "\\f"
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        case "\u{B}": return "\\v"
        default: break
        }
        if scalar.isPrintable { return String(scalar) }
        let digits = String(scalar.value, radix: 16)
        func padded(_ width: Int) -> String {
            String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        if scalar.value < 0x80 { return "\\x" + padded(2) }
        return scalar.value < 0x10000 ? "\\u" + padded(4) : "\\U" + padded(8)
    }
}
