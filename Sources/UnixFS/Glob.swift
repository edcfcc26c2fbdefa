/// A pattern for one name: `*`, `?`, `[a-z]`, and a backslash before what is meant literally.
struct Glob: Sendable {
    private enum Token: Sendable {
        case byte(UInt8)
        case any
        case star
        case set([ClosedRange<UInt8>], isNegated: Bool)

        func matches(_ byte: UInt8) -> Bool {
            switch self {
            case .byte(let wanted): wanted == byte
            case .any: true
            case .star: false
            case .set(let ranges, let isNegated):
                ranges.contains { $0.contains(byte) } != isNegated
            }
        }
    }

    private let tokens: [Token]

    /// Nil where a bracket is not closed or a backslash stands at the end: such a pattern matches
    /// nothing.
    init?(parsing pattern: [UInt8]) {
        var tokens: [Token] = []
        var rest = pattern[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "*"): tokens.append(.star)
            case UInt8(ascii: "?"): tokens.append(.any)
            case UInt8(ascii: "\\"):
                guard let literal = rest.popFirst() else { return nil }
                tokens.append(.byte(literal))
            case UInt8(ascii: "["):
                guard let set = Self.parseSet(&rest) else { return nil }
                tokens.append(set)
            default: tokens.append(.byte(byte))
            }
        }
        self.tokens = tokens
    }

    /// Goes back only to the last star that was passed: an earlier one cannot help more.
    func matches(_ name: [UInt8]) -> Bool {
        var (token, index) = (0, 0)
        var retry: (token: Int, index: Int)?
        while index < name.count {
            if token < tokens.count, case .star = tokens[token] {
                retry = (token + 1, index)
                token += 1
            } else if token < tokens.count, tokens[token].matches(name[index]) {
                token += 1
                index += 1
            } else if let (next, last) = retry {
                retry = (next, last + 1)
                (token, index) = (next, last + 1)
            } else {
                return false
            }
        }
        return tokens[token...].allSatisfy { if case .star = $0 { true } else { false } }
    }

    private static func parseSet(_ rest: inout ArraySlice<UInt8>) -> Token? {
        let isNegated = rest.first == UInt8(ascii: "!") || rest.first == UInt8(ascii: "^")
        if isNegated { rest.removeFirst() }
        var ranges: [ClosedRange<UInt8>] = []
        var isFirst = true
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "]"), !isFirst { return .set(ranges, isNegated: isNegated) }
            isFirst = false
            if byte == UInt8(ascii: "["), let named = parseClass(&rest) {
                ranges += named
                continue
            }
            guard let low = literal(byte, &rest) else { return nil }
            if rest.first == UInt8(ascii: "-"), rest.dropFirst().first != UInt8(ascii: "]") {
                rest.removeFirst()
                guard let next = rest.popFirst(), let high = literal(next, &rest) else {
                    return nil
                }
                if low <= high { ranges.append(low...high) }
            } else {
                ranges.append(low...low)
            }
        }
        return nil
    }

    private static func literal(_ byte: UInt8, _ rest: inout ArraySlice<UInt8>) -> UInt8? {
        byte == UInt8(ascii: "\\") ? rest.popFirst() : byte
    }

    /// `[:digit:]` and its kind, after the first bracket.
    private static func parseClass(_ rest: inout ArraySlice<UInt8>) -> [ClosedRange<UInt8>]? {
        for (name, ranges) in classes {
            let text = ":\(name):]"
            guard rest.starts(with: text.utf8) else { continue }
            rest = rest.dropFirst(text.utf8.count)
            return ranges
        }
        return nil
    }

    private static let classes: [(String, [ClosedRange<UInt8>])] = [
        ("alnum", [48...57, 65...90, 97...122]), ("alpha", [65...90, 97...122]),
        ("blank", [9...9, 32...32]), ("cntrl", [0...31, 127...127]), ("digit", [48...57]),
        ("graph", [33...126]), ("lower", [97...122]), ("print", [32...126]),
        ("punct", [33...47, 58...64, 91...96, 123...126]), ("space", [9...13, 32...32]),
        ("upper", [65...90]), ("xdigit", [48...57, 65...70, 97...102]),
    ]
}
