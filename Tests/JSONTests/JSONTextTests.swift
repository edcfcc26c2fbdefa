import Buffers
import JSON
import Testing

@Suite(.timeLimit(.minutes(40)))
struct JSONTextTests {
    /// One text, and what it is in each form.
    struct Sample: CustomTestStringConvertible, Sendable {
        let text: String
        let goHTML: String
        let ipld: String
        let plain: String

        init(_ text: String, _ goHTML: String, ipld: String? = nil, plain: String? = nil) {
            (self.text, self.goHTML) = (text, goHTML)
            self.ipld = ipld ?? goHTML
            self.plain = plain ?? goHTML
        }

        var testDescription: String { goHTML }

        func expected(_ form: Form) -> String {
            switch form {
            case .goHTML: goHTML
            case .ipld: ipld
            case .plain: plain
            }
        }
    }

    enum Form: CaseIterable {
        case goHTML
        case ipld
        case plain

        var escaping: JSONEscaping {
            switch self {
            case .goHTML: .goHTML
            case .ipld: .ipld
            case .plain: .plain
            }
        }
    }

    static let samples = [
        Sample("", ""),
        Sample("plain", "plain"),
        Sample("\"\\/", "\\\"\\\\/"),
        Sample("a\nb\tc\r", "a\\nb\\tc\\r"),
        Sample("\r\n", "\\r\\n"),
        Sample("\u{0}\u{1f} ", "\\u0000\\u001f "),
        Sample("\u{8}\u{c}", "\\b\\f", ipld: "\\u0008\\u000c", plain: "\\u0008\\u000c"),
        Sample("\u{7f}", "\u{7f}", plain: "\\u007f"),
        Sample("\u{80}\u{9f}", "\u{80}\u{9f}"),
        Sample("<a>&", "\\u003ca\\u003e\\u0026", ipld: "<a>&", plain: "<a>&"),
        Sample("\u{2027}\u{202a}", "\u{2027}\u{202a}"),
        Sample("\u{2028}\u{2029}", "\\u2028\\u2029", plain: "\u{2028}\u{2029}"),
        Sample("a\u{2028}", "a\\u2028", plain: "a\u{2028}"),
        Sample("e\u{301}\u{1F680}\u{fffd}", "e\u{301}\u{1F680}\u{fffd}"),
        // A sign that combines with what stands in front of it hides nothing.
        Sample("\"\u{301}\n\u{301}", "\\\"\u{301}\\n\u{301}"),
    ]

    @Test(arguments: samples, Form.allCases)
    func aTextIsEscapedAsItsReadersExpect(sample: Sample, form: Form) {
        let expected = Array("\"\(sample.expected(form))\"".utf8)
        #expect(Array(JSONText.quoted(sample.text, form.escaping).utf8) == expected)
        #expect(JSONText.byteCount(of: sample.text, form.escaping) == expected.count)
    }

    @Test(arguments: Form.allCases)
    func everyOtherCharacterStandsAsItIs(form: Form) {
        let escaped = Self.samples.reduce(into: Set<Unicode.Scalar>()) {
            if $1.expected(form) != $1.text { $0.formUnion($1.text.unicodeScalars) }
        }
        for value in 0x20...UInt32(0x2_ffff) {
            guard let scalar = Unicode.Scalar(value), !escaped.contains(scalar) else { continue }
            let text = String(scalar)
            guard JSONText.byteCount(of: text, form.escaping) != text.utf8.count + 2 else {
                continue
            }
            Issue.record("U+\(String(value, radix: 16)) is escaped: \(form)")
        }
    }

    @Test(arguments: Form.allCases)
    func everyControlCharacterIsEscaped(form: Form) {
        for value in 0..<UInt8(0x20) {
            let text = JSONText.quoted(String(Unicode.Scalar(value)), form.escaping)
            #expect(text.utf8.allSatisfy { $0 >= 0x20 } && text.utf8.dropFirst().first == 0x5c)
        }
    }

    /// What is not UTF-8 was replaced when the text was made; an encoded surrogate is none either.
    @Test(arguments: Form.allCases)
    func whatIsNotUTF8WasReplacedBefore(form: Form) {
        let text = Bytes([0x61, 0xff, 0xed, 0xa0, 0x80, 0xe2, 0x80]).displayText
        #expect(JSONText.quoted(text, form.escaping) == "\"\(text)\"")
    }

    @Test func runsBetweenEscapesStayWhole() {
        let run = String(repeating: "ü", count: 5000)
        let text = "\n\(run)\u{2028}\(run)\n"
        #expect(JSONText.quoted(text, .ipld) == "\"\\n\(run)\\u2028\(run)\\n\"")
    }

    @Test func whatIsAppendedStandsBehindWhatIsThere() {
        var writer = ByteWriter()
        writer.append(utf8: "{")
        JSONText.write("a\u{1}", .goHTML, to: &writer)
        #expect(writer.finish() == Bytes(utf8: "{\"a\\u0001\""))
    }

    @Test func aCharacterAboveTheBasicPlaneIsTwoEscapes() {
        #expect(JSONText.escaped("\u{1F680}") == "\\ud83d\\ude80")
        #expect(JSONText.escaped("\u{9b}") == "\\u009b")
    }
}
