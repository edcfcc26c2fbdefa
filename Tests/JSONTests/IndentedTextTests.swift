import Buffers
import Testing

@testable import JSON

/// A value is spread over lines in pieces, whatever it holds.
@Suite(.timeLimit(.minutes(40)))
struct IndentedTextTests {
    private func pieces(_ value: JSONValue) -> [Bytes] {
        var pieces: [Bytes] = []
        value.writeIndented { pieces.append($0) }
        return pieces
    }

    private func text(_ json: String) throws -> String {
        pieces(try JSONReader.read(Bytes(utf8: json))).joined(separator: .empty).displayText
    }

    @Test(arguments: [
        (
            #"{"ID":"x","A":["1","2"],"P":[]}"#,
            "{\n\t\"ID\": \"x\",\n\t\"A\": [\n\t\t\"1\",\n\t\t\"2\"\n\t],\n\t\"P\": []\n}"
        ),
        (
            #"[{},{"\n":null},[true,-1.50e3]]"#,
            "[\n\t{},\n\t{\n\t\t\"\\n\": null\n\t},\n\t[\n\t\ttrue,\n\t\t-1.50e3\n\t]\n]"
        ),
        ("[]", "[]"), ("{}", "{}"), (#""""#, #""""#), ("17", "17"), ("false", "false"),
    ])
    func linesAreIndentedAsGoDoesIt(json: String, indented: String) throws {
        #expect(try text(json) == indented)
    }

    /// DEL is escaped with six bytes. No piece has more than that of a part, with the part before.
    @Test func aLongTextComesInPieces() {
        let count = 20 * Limits.indentedPieceByteCount
        let run = String(repeating: "\u{7f}", count: count)
        let digits = String(repeating: "7", count: count)
        let value = JSONValue.array([
            .string(run), .number(digits),
            .object([JSONValue.Member(name: run, value: .null, line: 1)]),
        ])
        let pieces = pieces(value)
        #expect(pieces.allSatisfy { $0.count <= 8 * Limits.indentedPieceByteCount })
        let escaped = String(repeating: "\\u007f", count: count)
        let whole = "[\n\t\"\(escaped)\",\n\t\(digits),\n\t{\n\t\t\"\(escaped)\": null\n\t}\n]"
        #expect(pieces.joined(separator: .empty) == Bytes(utf8: whole))
    }

    /// A terminal gets each piece as a text of its own.
    @Test(arguments: ["ü", "€", "😀"])
    func noPieceEndsWithinACharacter(character: String) {
        for shift in 0..<4 {
            let text =
                String(repeating: "a", count: shift)
                + String(repeating: character, count: 3 * Limits.indentedPieceByteCount)
            let pieces = pieces(.string(text))
            #expect(pieces.count > 1)
            #expect(pieces.allSatisfy { $0.utf8Text != nil })
            #expect(pieces.joined(separator: .empty) == Bytes(utf8: "\"\(text)\""))
        }
    }

    /// Many short lines, each with the tabs of 60 levels.
    @Test func manyValuesComeInPieces() {
        var value = JSONValue.array([JSONValue](repeating: .null, count: 10_000))
        for _ in 0..<60 { value = .array([value]) }
        let pieces = pieces(value)
        #expect(pieces.allSatisfy { $0.count <= 2 * Limits.indentedPieceByteCount })
        let lines = pieces.joined(separator: .empty).displayText.split(separator: "\n")
        #expect(lines.count == 2 * 61 + 10_000)
        #expect(lines[61] == String(repeating: "\t", count: 61) + "null,")
        #expect(lines[10_060] == String(repeating: "\t", count: 61) + "null")
    }
}
