import Buffers
import Testing

@testable import JSON

@Suite(.timeLimit(.minutes(40)))
struct JSONReaderTests {
    /// Not the length of the text: two bytes of it may become 64.
    @Test(arguments: ["0,", "{},", "[],", "\"\",", "null,", "[0],", "{\"\":0},", "12345678,"])
    func whatATextBecomesIsLimited(element: String) throws {
        let text = Array(("[" + String(repeating: element, count: 100_000) + "0]").utf8)
        #expect(throws: JSONError.self) {
            try JSONReader.read(text, valueByteCountMax: 6_000_000)
        }
        let value = try JSONReader.read(text, valueByteCountMax: 30_000_000)
        #expect(value.elements?.count == 100_001)
    }

    @Test func longTextsCountWithTheirBytes() throws {
        let text = Array(("\"" + String(repeating: "\\u0001", count: 100_000) + "\"").utf8)
        #expect(throws: JSONError.self) { try JSONReader.read(text, valueByteCountMax: 90_000) }
        #expect(
            try JSONReader.read(text, valueByteCountMax: 101_000).text?.utf8.count == 100_000)
    }

    /// The configuration and the errors of a node are no longer than that.
    @Test(arguments: [62, 20, 2, 1])
    func everyTextOfOneMebibyteIsRead(depth: Int) throws {
        let open = String(repeating: "[", count: depth)
        let element = "\(open)0\(String(repeating: "]", count: depth)),"
        let count = (1 << 20) / element.utf8.count - 1
        let text = "[" + String(repeating: element, count: count) + "0]"
        #expect(try JSONReader.read(Bytes(utf8: text)).elements?.count == count + 1)
    }

    @Test func whoSaysNothingHasALimit() {
        let text = "[" + String(repeating: "[0],", count: 500_000) + "0]"
        #expect(throws: JSONError.self) { try JSONReader.read(Bytes(utf8: text)) }
        #expect(throws: JSONError.self) { try read(text) }
    }

    private func read(_ text: String) throws(JSONError) -> JSONValue {
        try JSONReader.read(Array(text.utf8))
    }

    @Test(arguments: [
        #"{"a":[1,-2.5e3,true,null,"x\n\"\\"],"b":{}}"#, "[]", "0", #""""#, #"{"a":1,"a":2}"#,
    ])
    func whatIsReadIsWrittenAgain(text: String) throws {
        #expect(try read(text).jsonText == text)
    }

    @Test func escapesAreRead() throws {
        #expect(try read(#""\u00e4\ud83d\ude00\u003e\/""#).text == "ä😀>/")
    }

    /// As Go's encoding/json does it.
    @Test(arguments: [
        (#"\ud83dx"#, "\u{FFFD}x"), (#"\uD800\u0041"#, "\u{FFFD}A"), (#"\ude00"#, "\u{FFFD}"),
        (#"\ud83d\ud83d\ude00"#, "\u{FFFD}😀"), (#"\ud83d\n"#, "\u{FFFD}\n"),
        (#"\ud83d"#, "\u{FFFD}"), (#"\ude00\ud83d"#, "\u{FFFD}\u{FFFD}"),
    ])
    func halfAPairBecomesTheReplacementCharacter(escaped: String, text: String) throws {
        #expect(
            try read("\"\(escaped)\"").text?.unicodeScalars.elementsEqual(text.unicodeScalars)
                == true)
    }

    @Test(arguments: [
        #"\u+041"#, #"\u-041"#, #"\u004"#, #"\u00g1"#, #"\u 041"#, #"\ud83d\u+e00"#, #"\ud83d\u"#,
    ])
    func anEscapeHasFourHexadecimalDigits(escaped: String) {
        #expect(throws: JSONError.self) { try read("\"\(escaped)\"") }
    }

    @Test(arguments: [
        ("", 1, 1), ("{", 1, 2), ("[1,]", 1, 4), ("{\"a\" 1}", 1, 6), ("01", 1, 3), ("1.", 1, 3),
        ("{\n  \"a\": 1,\n}", 3, 1), ("nul", 1, 1), ("\"a", 1, 3), ("1 2", 1, 3),
        ("\"\u{1}\"", 1, 2),
        ("// x", 1, 1),
    ])
    func mistakesAreShownWhereTheyAre(text: String, line: Int, column: Int) {
        let error = #expect(throws: JSONError.self) { try read(text) }
        #expect(error?.line == line)
        #expect(error?.column == column)
    }

    @Test func deepNestingIsRefused() throws {
        let text = String(repeating: "[", count: 100_000)
        #expect(throws: JSONError.self) { try read(text) }
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(try read(nested(Limits.depthMax + 1)).elements != nil)
        #expect(throws: JSONError.self) { try read(nested(Limits.depthMax + 2)) }
    }

    @Test func bytesThatAreNoTextAreRefused() {
        #expect(throws: JSONError.self) { try JSONReader.read([0x22, 0xFF, 0x22]) }
    }
}
