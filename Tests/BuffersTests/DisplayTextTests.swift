import Buffers
import TestSupport
import Testing

/// What people are shown of bytes.
@Suite(.timeLimit(.minutes(20)))
struct DisplayTextTests {
    /// Bytes of all kinds in UTF-8, at the ends of their ranges.
    private static let kinds: [UInt8] = [
        0x00, 0x22, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xa8, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf,
        0xe0, 0xe2, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff,
    ]

    private static func sample(_ byteCount: Int, _ random: inout SeededRandom) -> Bytes {
        Bytes((0..<byteCount).map { _ in kinds[random.below(kinds.count)] })
    }

    /// The standard library repairs as Unicode says.
    @Test func whatIsNotUTF8IsReplacedAsEverywhere() {
        var random = SeededRandom(seed: 1)
        for length in 0..<20_000 {
            let bytes = Self.sample(length % 24, &random)
            let wanted = String(decoding: bytes.array, as: UTF8.self)
            #expect(Array(bytes.displayText.utf8) == Array(wanted.utf8), "\(bytes.array)")
        }
    }

    @Test func aJSONStringIsThatText() {
        var random = SeededRandom(seed: 2)
        for length in 0..<5_000 {
            let bytes = Self.sample(length % 24, &random)
            for escaping in [JSONEscaping.goHTML, .ipld, .plain] {
                var shown = ByteWriter()
                var text = ByteWriter()
                JSONText.write(shown: bytes, escaping, to: &shown)
                JSONText.write(bytes.displayText, escaping, to: &text)
                #expect(JSONText.byteCount(ofShown: bytes, escaping) == shown.count)
                let (left, right) = (shown.finish(), text.finish())
                #expect(left == right)
            }
        }
    }

    @Test(arguments: ["a", "é", "\u{1F600}"])
    func aMessageHasBeginningAndEnd(_ character: String) {
        let long = Bytes(utf8: "begin" + String(repeating: character, count: 100_000) + "end")
        let shown = long.displayText(upTo: 100)
        #expect(shown.utf8.count <= 100)
        #expect(shown.hasPrefix("begin" + character) && shown.hasSuffix(character + "end"))
        #expect(!shown.contains("\u{fffd}"))
        #expect(Bytes(utf8: "short").displayText(upTo: 100) == "short")
    }

    @Test func bytesThatAreNoTextAreShortToo() {
        for count in [10, 99, 100, 101, 199, 200, 201, 1 << 20] {
            let shown = Bytes([UInt8](repeating: 0xff, count: count)).displayText(upTo: 100)
            #expect(shown.utf8.count <= 100)
        }
    }
}
