import Buffers
import Testing

@testable import KuboRPC

@Suite(.timeLimit(.minutes(20)))
struct JSONTests {
    @Test func fieldsKeepTheirOrderAndThereIsNoWhiteSpace() {
        let value = JSON.object([
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
        let fields = JSON.withoutEmpty([
            ("a", .text("")), ("b", .integer(0)), ("c", .text("x")), ("d", .list([])),
            ("e", .flag(false)), ("f", .null), ("g", .unsigned(7)),
        ])
        #expect(text(.object(fields)) == "{\"c\":\"x\",\"g\":7}\n")
    }

    private func text(_ value: JSON) -> String {
        String(decoding: value.line.array, as: UTF8.self)
    }
}
