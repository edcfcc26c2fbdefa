/// One named value of a log line. Only kinds of values that may be read by anybody exist.
package struct LogField: Sendable {
    /// What a field can hold.
    enum Value: Sendable {
        case text(String)
        case integer(Int)
        case number(Double)
        case truth(Bool)
    }

    let key: String
    let value: Value

    /// A text: an address, a CID, the message of an error.
    package static func text(_ key: String, _ value: String) -> LogField {
        LogField(key: key, value: .text(value))
    }

    /// A whole number; the unit is the end of the key (`…Bytes`, `…Count`).
    package static func integer(_ key: String, _ value: Int) -> LogField {
        LogField(key: key, value: .integer(value))
    }

    /// A number with a fraction; the unit is the end of the key (`…Seconds`).
    package static func number(_ key: String, _ value: Double) -> LogField {
        LogField(key: key, value: .number(value))
    }

    /// Yes or no.
    package static func truth(_ key: String, _ value: Bool) -> LogField {
        LogField(key: key, value: .truth(value))
    }
}
