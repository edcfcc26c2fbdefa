import Buffers
import Testing

/// Messages that quote content stay short.
struct ShortenedTests {
    @Test func aShortTextStaysAsItIs() {
        let text = String(repeating: "é", count: 8)
        #expect(text.shortened(toByteCount: 16) == text)
    }

    @Test func aLongTextKeepsItsBeginningAndItsEnd() {
        let text = "head" + String(repeating: "-", count: 1_000) + "tail"
        let short = text.shortened(toByteCount: 24)
        #expect(short.hasPrefix("head"))
        #expect(short.hasSuffix("tail"))
        #expect(short.contains(" … "))
        #expect(short.utf8.count == 24)
    }

    @Test(arguments: 16..<40)
    func noCharacterIsCut(count: Int) {
        let short = String(repeating: "\u{10348}", count: 100).shortened(toByteCount: count)
        #expect(short.utf8.count <= count)
        #expect(!short.contains("\u{fffd}"))
    }
}
