import JSON

/// `holdfast cid bases|codecs|hashes` and `holdfast multibase list`.
enum TableActions {
    static let bases: ProgramCommand.Action = TextAction.action { value, typed, session in
        let isPrefixed = typed.flag("prefix")
        let isNumeric = typed.flag("numeric")
        for entry in try entries(value).sorted(by: { isBefore($0.code, $1.code) }) {
            var line = ""
            if isPrefixed { line += letter(entry.code) + (isNumeric ? " " : "  ") }
            if isNumeric { line += aligned(entry.code, 7) + "  " }
            try session.output.line(line + entry.name)
        }
    }

    static let codes: ProgramCommand.Action = TextAction.action { value, typed, session in
        for entry in try entries(value).sorted(by: { $0.code < $1.code }) {
            let number = typed.flag("numeric") ? aligned(entry.code, 5) + "  " : ""
            try session.output.line(number + entry.name)
        }
    }

    /// - Throws: for an empty list, too: every node has some.
    private static func entries(_ value: JSONValue) throws -> [(code: Int64, name: String)] {
        guard let elements = value.elements, !elements.isEmpty else {
            throw NodeError.without("a list")
        }
        return try elements.map { (try $0.neededInteger("Code"), try $0.neededText("Name")) }
    }

    private static func aligned(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: " ", count: max(0, width - digits.count)) + digits
    }

    /// The letter of a base; a blank where it cannot be shown.
    private static func letter(_ code: Int64) -> String {
        guard code > 0x20, code != 0x7F,
            let scalar = UInt32(exactly: code).flatMap(Unicode.Scalar.init)
        else { return " " }
        return String(scalar)
    }

    /// Small letters come before the capital ones of the same letter, as in Kubo.
    static func isBefore(_ code: Int64, _ other: Int64) -> Bool {
        let (small, otherSmall) = (smallLetter(code), smallLetter(other))
        return small == otherSmall ? code > other : small < otherSmall
    }

    private static func smallLetter(_ code: Int64) -> Int64 {
        (0x41...0x5A).contains(code) ? code + 0x20 : code
    }
}
