import Testing

@testable import holdfast

/// A table of any length is the same as one in memory.
@Suite(.timeLimit(.minutes(40)))
struct SpooledTableTests {
    private static func text(_ rows: [[String]], cellWidthMin: Int) throws -> String {
        let printed = Printed()
        var table = SpooledTable(cellWidthMin: cellWidthMin) { printed.text += $0 }
        for row in rows { try table.append(row) }
        try table.finish()
        return printed.text
    }

    private final class Printed {
        var text = ""
    }

    @Test(arguments: [0, 1, 10])
    func shortTablesAreAligned(cellWidthMin: Int) throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let rows = (0..<Int.random(in: 0..<12, using: &random)).map { _ in
                let count = Bool.random(using: &random) ? 1 : 3
                return (0..<count).map { _ in
                    String(repeating: "c", count: Int.random(in: 0..<14, using: &random))
                }
            }
            #expect(
                try Self.text(rows, cellWidthMin: cellWidthMin)
                    == AlignedTable.text(rows, cellWidthMin: cellWidthMin))
        }
    }

    /// The widest cell comes last, long after the first rows have gone to the file.
    @Test func longTablesAreAligned() throws {
        var rows = [["Hash:"]]
        rows += (0..<30_000).map { ["Qm\($0)", "\($0 * $0)", "name \($0)\n"] }
        rows += [["the widest cell", "-", "last/"], [""], ["Hash:"], ["Qm", "1", "alone"]]
        #expect(rows.joined().reduce(0) { $0 + $1.utf8.count } > 2 * Limits.tableMemoryByteCountMax)
        #expect(
            try Self.text(rows, cellWidthMin: 1) == AlignedTable.text(rows, cellWidthMin: 1))
    }

    /// A code point is a place, whatever it combines with.
    @Test func cellsAreMeasuredInCodePoints() throws {
        let rows = [["ü", "x"], ["u\u{308}", "x"]]
        #expect(try Self.text(rows, cellWidthMin: 1) == "ü  x\nu\u{308} x\n")
    }
}
