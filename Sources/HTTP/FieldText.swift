package import Buffers

/// Names and paths of strangers as text that may stand in a header field.
///
/// UTF-8 is sent as it is. What would end the line, a quoted string or the text itself is
/// percent-coded: control characters, quotation marks, and all of a name that is not UTF-8. The control
/// characters from U+0080 on could stand in a field, but terminals obey them, and U+0085, U+2028 and U+2029 end a
/// line for some who read one. Marks of direction would show another text than there is.
package enum FieldText {
    /// Writes a name.
    ///
    /// - Parameter name: any bytes.
    /// - Returns: text for which `isFieldValue` holds.
    package static func of(_ name: Bytes) -> String {
        guard let text = name.utf8Text else { return PercentCoding.encode(name, keeping: .path) }
        if text.consists(of: plainBytes) || !text.unicodeScalars.contains(where: isCoded) {
            return text
        }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            if isCoded(scalar) {
                result += PercentCoding.encode(String(scalar), keeping: .unreserved)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }

    private static let plainBytes = ByteSet.visible.union(" ").without("\"")

    private static func isCoded(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028...0x2029: true
        default: scalar == "\"" || scalar.properties.isBidiControl
        }
    }
}
