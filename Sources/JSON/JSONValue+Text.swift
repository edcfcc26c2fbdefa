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
}
