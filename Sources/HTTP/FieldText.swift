package import Buffers

/// Names and paths of strangers as text that may stand in a header field.
///
/// UTF-8 is sent as it is. What would end the line, a quoted string or the text itself is
/// percent-coded: control characters, quotation marks, and all of a name that is not UTF-8.
package enum FieldText {
    /// Writes a name.
    ///
    /// - Parameter name: any bytes.
    /// - Returns: text for which `isFieldValue` holds.
    package static func of(_ name: Bytes) -> String {
        guard let text = name.utf8Text else { return PercentCoding.encode(name, keeping: .path) }
        guard !text.consists(of: keptBytes) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            if scalar.isASCII, !keptBytes.contains(UInt8(scalar.value)) {
                result += PercentCoding.encode(String(scalar), keeping: .unreserved)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }

    private static let keptBytes = ASCII.sentValueBytes.without("\"")
}
