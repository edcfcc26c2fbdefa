import Buffers
import JSON
import Testing

@Suite(.timeLimit(.minutes(40)))
struct JSONOutputTests {
    @Test func fieldsKeepTheirOrderAndThereIsNoWhiteSpace() {
        let value = JSONOutput.object([
            ("b", .list([.integer(-1), .null])), ("a", .object([])), ("c", .flag(true)),
        ])
        #expect(text(value) == "{\"b\":[-1,null],\"a\":{},\"c\":true}\n")
    }

    @Test(arguments: [
        ("plain", "plain"), ("\"\\", "\\\"\\\\"), ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\u{8}\u{c}\u{1}\u{7f}", "\\b\\f\\u0001\u{7f}"),
        ("<a> & b", "\\u003ca\\u003e \\u0026 b"), ("\u{2028}\u{2029}", "\\u2028\\u2029"),
        ("gr\u{fc}\u{df} \u{1F680}", "gr\u{fc}\u{df} \u{1F680}"), ("a\r\nb", "a\\r\\nb"),
    ])
    func textsAreEscapedAsGoDoesIt(plain: String, escaped: String) {
        #expect(text(.text(plain)) == "\"\(escaped)\"\n")
    }

    @Test(arguments: [(Float(1.8007969), "1.8007969"), (1, "1"), (0.5, "0.5")])
    func shortNumbersHaveAsFewDigitsAsPossible(value: Float, digits: String) {
        #expect(text(.single(value)) == digits + "\n")
    }

    @Test func emptyFieldsCanBeLeftOut() {
        let fields = JSONOutput.withoutEmpty([
            ("a", .text("")), ("b", .integer(0)), ("c", .text("x")), ("d", .list([])),
            ("e", .flag(false)), ("f", .null), ("g", .unsigned(7)),
        ])
        #expect(text(.object(fields)) == "{\"c\":\"x\",\"g\":7}\n")
    }

    @Test func theLengthOfAValueIsKnownBeforeItIsWritten() {
        let values: [JSONOutput] = [
            .null, .flag(true), .flag(false), .integer(-12), .unsigned(.max), .single(0.1),
            .list([]),
            .text("\"\\\n\r\t\u{8}\u{c}<>&\u{2028}\u{2029}\u{0}\u{1f} a\u{e4}\u{20ac}\u{1f600}"),
            .object([]), .object([("a", .null), ("<", .text(""))]), .list([.null, .count(1)]),
            .made(3) { .count($0) }, .made(0) { _ in .null },
            .shown(Bytes([0x61, 0xff, 0x22])),
            .joined(["a\n", nil, "<", nil], Bytes([0xff, 0x26])),
        ]
        for value in values + [.list(values)] { #expect(value.byteCount + 1 == value.line.count) }
        #expect(JSONOutput.made(3) { .count($0) }.line == "[0,1,2]\n")
    }

    @Test func bytesThatAreNoTextAreShownWithoutMakingOne() {
        #expect(text(.shown(Bytes([0x61, 0xff, 0x22]))) == "\"a\u{fffd}\\\"\"\n")
        #expect(
            text(.joined(["a", nil, nil], Bytes([0xff, 0x0a]))) == "\"a\u{fffd}\\n\u{fffd}\\n\"\n")
    }

    private func text(_ value: JSONOutput) -> String {
        String(decoding: value.line.array, as: UTF8.self)
    }
}
