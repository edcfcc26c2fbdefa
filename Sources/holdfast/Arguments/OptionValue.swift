import Buffers
import KuboRPC

/// Checks the texts that are given to options, with Go's rules for numbers, and brings them into
/// the form in which the RPC takes them.
enum OptionValue {
    /// The normal form of a value.
    ///
    /// - Parameters:
    ///   - text: what was typed.
    ///   - option: whose value it is.
    /// - Returns: `true` or `false` for flags, decimal digits for numbers, anything else as it is.
    /// - Throws: for a value of another kind; for one that is not UTF-8 where it must be text.
    static func normalized(_ typed: Bytes, for option: Option) throws(UsageError) -> Bytes {
        if option.takesBytes { return typed }
        guard let text = typed.utf8Text else {
            throw UsageError(
                "the value of the option \"\(Option.dashed(option.name))\" is not UTF-8")
        }
        return Bytes(utf8: try normalized(text, for: option))
    }

    private static func normalized(
        _ text: String, for option: Option
    ) throws(UsageError) -> String {
        switch option.kind {
        case .text, .texts:
            guard option.name != "encoding" || text == "text" || text == "json" else {
                throw UsageError("unknown encoding \"\(text)\": it is text or json")
            }
            guard option.name != "timeout" || GoDuration.parse(text) != nil else {
                throw UsageError(
                    "time: invalid duration \"\(text)\": it is a number with a unit, such as 30s or "
                        + "1h5m")
            }
            return text
        case .flag:
            guard let truth = truth(text) else { throw refusal(text, option) }
            return truth ? "true" : "false"
        case .integer:
            guard let number = integer(text).flatMap({ Int32(exactly: $0) }) else {
                throw refusal(text, option)
            }
            return String(number)
        case .long:
            guard let number = integer(text).flatMap({ Int64(exactly: $0) }) else {
                throw refusal(text, option)
            }
            return String(number)
        case .unsigned:
            guard let number = integer(text).flatMap({ UInt32(exactly: $0) }) else {
                throw refusal(text, option)
            }
            return String(number)
        }
    }

    /// `1`, `t`, `true` and their opposites, in any case.
    static func truth(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "1", "t", "true": true
        case "0", "f", "false": false
        default: nil
        }
    }

    /// A whole number: decimal, or with `0x`, `0o`, `0` (octal) or `0b` in front.
    static func integer(_ text: String) -> Int128? {
        let isNegative = text.utf8.first == UInt8(ascii: "-")
        let digits =
            isNegative || text.utf8.first == UInt8(ascii: "+")
            ? Substring(text.utf8.dropFirst()) : text[...]
        guard let first = digits.first, first.isASCII, first.isNumber else { return nil }
        let lower = digits.lowercased()
        let (rest, radix): (Substring, Int) =
            switch lower.prefix(2) {
            case "0x": (lower.dropFirst(2), 16)
            case "0o": (lower.dropFirst(2), 8)
            case "0b": (lower.dropFirst(2), 2)
            default: (lower[...], lower.count > 1 && first == "0" ? 8 : 10)
            }
        // `Int128` would take a sign behind the prefix.
        guard rest.first != "+", rest.first != "-", let magnitude = Int128(rest, radix: radix)
        else { return nil }
        return isNegative ? -magnitude : magnitude
    }

    private static func refusal(_ text: String, _ option: Option) -> UsageError {
        UsageError(
            "could not convert value \"\(text)\" to type \"\(option.kind.rawValue)\""
                + " (for option \"\(Option.dashed(option.name))\")")
    }
}
