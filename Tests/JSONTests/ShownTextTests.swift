import Buffers
import JSON
import TestSupport
import Testing

/// Bytes that are no text in JSON strings.
@Suite(.timeLimit(.minutes(40)))
struct ShownTextTests {
    @Test func aJSONStringIsThatText() {
        var random = SeededRandom(seed: 2)
        for length in 0..<5_000 {
            let bytes = random.bytesOfTexts(length % 24)
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
}
