import Buffers

/// The options of one call: what the query gave, checked against the command, and the defaults.
struct OptionValues: Sendable {
    enum Value: Sendable, Equatable {
        case flag(Bool)
        case integer(Int64)
        case text(String)
        case texts([String])
    }

    private var values: [String: Value] = [:]

    /// Reads the options of a query; those that the command does not know are ignored.
    ///
    /// - Parameters:
    ///   - items: names and values as decoded from the query, in order.
    ///   - spec: the command.
    /// - Throws: `.badRequest` with Kubo's text for a value of the wrong type, or one that is given
    ///   twice; for a text that is not UTF-8, which could not be kept as it is.
    init(_ items: [(name: Bytes, value: Bytes)], for spec: CommandSpec) throws(RPCError) {
        var given: [String: [(spelling: String, value: String)]] = [:]
        var order: [OptionSpec] = []
        for item in items {
            guard let option = spec.option(named: item.name) else { continue }
            if given[option.name] == nil { order.append(option) }
            guard let value = item.value.utf8Text else {
                throw .badRequest("the value of the option \(quoted(option.name)) is not UTF-8")
            }
            given[option.name, default: []].append((item.name.displayText, value))
        }
        for option in order {
            values[option.name] = try OptionValues.value(of: option, given[option.name] ?? [])
        }
        for option in spec.options + CommandTable.globalOptions where values[option.name] == nil {
            guard let fallback = option.fallback else { continue }
            values[option.name] = OptionValues.parse(fallback, as: option.kind)
        }
    }

    /// Whether a flag is set; an absent one without a default is not.
    func flag(_ name: String) -> Bool { optionalFlag(name) ?? false }

    /// A flag that may be absent.
    func optionalFlag(_ name: String) -> Bool? {
        guard case .flag(let value)? = values[name] else { return nil }
        return value
    }

    /// A number, if it was given or has a default.
    func integer(_ name: String) -> Int? {
        guard case .integer(let value)? = values[name] else { return nil }
        return Int(value)
    }

    /// A text, if it was given or has a default.
    func text(_ name: String) -> String? {
        guard case .text(let value)? = values[name] else { return nil }
        return value
    }

    private static func value(
        of option: OptionSpec, _ given: [(spelling: String, value: String)]
    ) throws(RPCError) -> Value {
        if option.kind == .texts { return .texts(given.map(\.value)) }
        if let other = given.first(where: { $0.spelling != given[0].spelling }) {
            throw .badRequest(
                "duplicate command options were provided "
                    + "(\(quoted(given[0].spelling)) and \(quoted(other.spelling)))")
        }
        guard given.count == 1 else {
            let list = given.map(\.value).joined(separator: " ")
            throw .badRequest(
                "expected key \(option.name) to have only a single value, received [\(list)]")
        }
        guard let value = parse(given[0].value, as: option.kind) else {
            let shown = given[0].value.isEmpty ? "empty value" : "value \(quoted(given[0].value))"
            throw .badRequest(
                "could not convert \(shown) to type \"\(option.kind.rawValue)\" "
                    + "(for option \"-\(option.name)\")")
        }
        return value
    }

    private static func parse(_ text: String, as kind: OptionSpec.Kind) -> Value? {
        switch kind {
        case .flag: parseFlag(text).map(Value.flag)
        case .integer: parseInteger(text).flatMap { Int32(exactly: $0) }.map { .integer(Int64($0)) }
        case .unsigned:
            parseInteger(text).flatMap { UInt32(exactly: $0) }.map { .integer(Int64($0)) }
        case .long: parseInteger(text).map(Value.integer)
        case .text: .text(text)
        case .texts: .texts([text])
        }
    }

    private static func parseFlag(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "", "true", "t", "1": true
        case "false", "f", "0": false
        default: nil
        }
    }

    /// Reads a number as Go does where the base is left to the text.
    private static func parseInteger(_ text: String) -> Int64? {
        let isNegative = text.hasPrefix("-")
        let digits = isNegative || text.hasPrefix("+") ? text.dropFirst() : text[...]
        guard let first = digits.utf8.first, first >= UInt8(ascii: "0"), first <= UInt8(ascii: "9")
        else { return nil }
        let lower = digits.lowercased()
        let (radix, rest): (Int, Substring) =
            if lower.hasPrefix("0x") {
                (16, lower.dropFirst(2))
            } else if lower.hasPrefix("0o") {
                (8, lower.dropFirst(2))
            } else if lower.hasPrefix("0b") {
                (2, lower.dropFirst(2))
            } else if lower.hasPrefix("0"), lower.utf8.count > 1 {
                (8, lower.dropFirst())
            } else {
                (10, lower[...])
            }
        // Int64's own parser would take a second sign.
        guard let head = rest.utf8.first, head != UInt8(ascii: "-"), head != UInt8(ascii: "+")
        else { return nil }
        return Int64((isNegative ? "-" : "") + rest, radix: radix)
    }
}

/// A text in quotes, as Go's `%q` shows it.
func quoted(_ text: String) -> String {
    var shown = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": shown += "\\\""
        case "\\": shown += "\\\\"
        case "\n": shown += "\\n"
        case "\r": shown += "\\r"
        case "\t": shown += "\\t"
        case "\u{0}"..."\u{1f}", "\u{7f}":
            let digits = String(scalar.value, radix: 16)
            shown += "\\x" + (digits.count < 2 ? "0" : "") + digits
        default: shown.unicodeScalars.append(scalar)
        }
    }
    return shown + "\""
}
