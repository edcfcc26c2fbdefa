/// A value is written with the digits, the order and the duplicates that were read.
extension JSONValue {
    /// The value as one line of JSON.
    package var jsonText: String {
        switch self {
        case .null: "null"
        case .bool(let truth): truth ? "true" : "false"
        case .number(let digits): digits
        case .string(let text): JSONText.quoted(text)
        case .array(let elements): "[" + elements.map(\.jsonText).joined(separator: ",") + "]"
        case .object(let members):
            "{"
                + members.map { JSONText.quoted($0.name) + ":" + $0.value.jsonText }
                .joined(separator: ",") + "}"
        }
    }

    /// The value spread over lines, indented with tabs as Go's `json.MarshalIndent` does.
    ///
    /// - Parameter depth: how far the first line already stands to the right.
    /// - Returns: text without a newline at its end.
    package func indentedText(depth: Int = 0) -> String {
        let indent = String(repeating: "\t", count: depth + 1)
        let close = "\n" + String(repeating: "\t", count: depth)
        switch self {
        case .array(let elements) where !elements.isEmpty:
            let lines = elements.map { indent + $0.indentedText(depth: depth + 1) }
            return "[\n" + lines.joined(separator: ",\n") + close + "]"
        case .object(let members) where !members.isEmpty:
            let lines = members.map {
                indent + JSONText.quoted($0.name) + ": " + $0.value.indentedText(depth: depth + 1)
            }
            return "{\n" + lines.joined(separator: ",\n") + close + "}"
        default: return jsonText
        }
    }
}
