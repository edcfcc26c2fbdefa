import Testing

/// The table of limits in `Docs/security.md` says what the code says.
@Suite(.timeLimit(.minutes(40)))
struct DocumentedLimitsTests {
    private static let page = "Docs/security.md"

    @Test func theTableIsWhatTheCodeSays() throws {
        let rows = try SourceTree.lines(of: Self.page).compactMap(Self.row)
        #expect(rows.count >= 20)
        for row in rows {
            let lines = try SourceTree.lines(of: "Sources/\(row.module)/Limits.swift")
            let inCode = try #require(
                lines.lazy.compactMap { Self.value(of: row.name, in: $0) }.first,
                "\(row.module) has no limit \(row.name) whose value this test can read")
            #expect(
                Self.quantity(row.value) == inCode,
                "\(row.module).\(row.name) is \(inCode), and \(Self.page) says \(row.value)")
        }
    }

    @Test(arguments: [
        ("    static let size = 2 << 20", 2_097_152),
        ("static let size: UInt64 = 1 << 62", 1 << 62),
        ("package static let size = 16 * 1_024 * 2", 32_768), ("static let size = 128", 128),
        ("static let size: Duration = .seconds(5)", 5_000),
        ("static let size: Duration = .milliseconds(20)", 20),
        ("static let size = other + 1", nil), ("static let sizes = 1", nil), ("// size = 1", nil),
    ])
    func theCodeIsRead(line: String, value: UInt64?) {
        #expect(Self.value(of: "size", in: line) == value)
    }

    @Test(arguments: [
        ("2 MiB", 2_097_152), ("4 EiB", 1 << 62), ("128 B", 128), ("7", 7), ("5 s", 5_000),
        ("20 ms", 20), ("many", nil), ("2 Mib", nil), ("", nil),
    ])
    func thePageIsRead(text: String, value: UInt64?) {
        #expect(Self.quantity(text) == value)
    }

    private struct Row {
        let module: String
        let name: String
        let value: String
    }

    /// A line such as `| Module.name | value | what happens |`, its name in backquotes.
    private static func row(_ line: String) -> Row? {
        let cells = line.split(separator: "|").map(words)
        guard cells.count == 3, cells[0].hasPrefix("`"), cells[0].hasSuffix("`") else { return nil }
        let parts = cells[0].dropFirst().dropLast().split(separator: ".")
        guard parts.count == 2 else { return nil }
        return Row(module: String(parts[0]), name: String(parts[1]), value: cells[1])
    }

    /// A number with a unit, in bytes, milliseconds or as it is.
    private static func quantity(_ text: String) -> UInt64? {
        let units: [String: UInt64] = [
            "": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "EiB": 1 << 60, "ms": 1,
            "s": 1_000,
        ]
        let parts = text.split(separator: " ")
        guard let number = parts.first.flatMap({ UInt64($0) }),
            let unit = units[parts.dropFirst().joined(separator: " ")]
        else { return nil }
        return number * unit
    }

    /// What a line of code says about a limit; nil where it says nothing, or not as one number.
    private static func value(of name: String, in line: String) -> UInt64? {
        let sides = line.split(separator: "=", maxSplits: 1).map(words)
        guard sides.count == 2 else { return nil }
        let declared = sides[0].split(separator: ":")[0]
        guard declared.hasSuffix("static let \(name)") else { return nil }
        for (unit, scale) in [(".seconds(", 1_000), (".milliseconds(", 1)] as [(String, UInt64)]
        where sides[1].hasPrefix(unit) && sides[1].hasSuffix(")") {
            return number(sides[1].dropFirst(unit.count).dropLast()).map { $0 * scale }
        }
        let shifted = sides[1].split(separator: " << ").map(number)
        if shifted.count == 2, let bits = shifted[0], let places = shifted[1] {
            return bits << places
        }
        let factors = sides[1].split(separator: " * ").map(number)
        return factors.reduce(1) { product, factor in product.flatMap { p in factor.map { p * $0 } }
        }
    }

    private static func number(_ text: Substring) -> UInt64? {
        UInt64(text.filter { $0 != "_" })
    }

    private static func words(_ text: Substring) -> String {
        text.split(separator: " ").joined(separator: " ")
    }
}
