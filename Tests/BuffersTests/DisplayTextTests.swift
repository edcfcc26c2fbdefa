import Buffers
import TestSupport
import Testing

/// What people are shown of bytes.
@Suite(.timeLimit(.minutes(40)))
struct DisplayTextTests {
    /// The standard library repairs as Unicode says.
    @Test func whatIsNotUTF8IsReplacedAsEverywhere() {
        var random = SeededRandom(seed: 1)
        for length in 0..<20_000 {
            let bytes = random.bytesOfTexts(length % 24)
            let wanted = String(decoding: bytes.array, as: UTF8.self)
            #expect(Array(bytes.displayText.utf8) == Array(wanted.utf8), "\(bytes.array)")
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
