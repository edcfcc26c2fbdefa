/// A JSON value as it was written: numbers keep their digits, objects their order and duplicates.
///
/// For the configuration, which has to name what is wrong and where, and for the answers that the
/// command line reads.
package indirect enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// The digits as they stand in the text.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// One `"name": value` of an object.
    package struct Member: Hashable, Sendable {
        /// Without its quotes and escapes.
        package let name: String
        /// What stands behind the colon.
        package let value: JSONValue
        /// Where the name stands, counted from 1.
        package let line: Int
    }

    /// The value of a member, or nil if this is no object or has no such member.
    package subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The text, if it is one.
    package var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The truth value, if it is one.
    package var truth: Bool? {
        if case .bool(let truth) = self { truth } else { nil }
    }

    /// The whole number, if it is one that fits.
    package var integer: Int64? {
        if case .number(let digits) = self { Int64(digits) } else { nil }
    }

    /// The number that is not negative, if it is one that fits.
    package var unsigned: UInt64? {
        if case .number(let digits) = self { UInt64(digits) } else { nil }
    }

    /// The elements, if it is an array.
    package var elements: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The members, if it is an object.
    package var members: [Member]? {
        if case .object(let members) = self { members } else { nil }
    }
}
