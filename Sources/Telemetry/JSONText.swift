/// Texts as JSON strings, written by hand: log lines are hot, and Foundation stays out.
package enum JSONText {
    /// A text in quotes, with everything escaped that JSON asks for (RFC 8259, section 7).
    ///
    /// - Parameter text: any text.
    /// - Returns: a JSON string, pure ASCII where the text is.
    package static func quoted(_ text: String) -> String {
        var result = "\""
        result.reserveCapacity(text.utf8.count + 2)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                result += escape(UInt16(scalar.value))
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// One unit of UTF-16 as a backslash, `u` and four digits.
    static func escape(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
