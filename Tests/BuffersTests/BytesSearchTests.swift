import Buffers
import Testing

@Suite(.timeLimit(.minutes(40)))
struct BytesSearchTests {
    /// The obvious search, to compare with.
    private func plainIndex(of needle: [UInt8], in hay: [UInt8], from start: Int) -> Int? {
        guard start + needle.count <= hay.count else { return nil }
        return (start...hay.count - needle.count).first {
            hay[$0..<$0 + needle.count].elementsEqual(needle)
        }
    }

    @Test func everyPlaceIsFoundAsByTheObviousSearch() {
        var state: UInt64 = 3
        for round in 0..<3_000 {
            var hay: [UInt8] = []
            for _ in 0..<round % 150 {
                state = state &* 6_364_136_223_846_793_005 &+ 1
                // Few different bytes, so that there are many almost-matches; all have bits that
                // could disturb a comparison by words.
                hay.append([0x00, 0x01, 0x80, 0xFF][Int(state >> 62)])
            }
            let needle = Array(hay.dropFirst(hay.count / 2).prefix(1 + round % 5)) + [0x80]
            let start = min(round % 3, hay.count)
            #expect(
                Bytes(hay).firstIndex(of: Bytes(needle), from: start)
                    == plainIndex(of: needle, in: hay, from: start))
        }
    }

    @Test func aNeedleAtTheVeryEndIsFound() {
        for count in 1..<100 {
            let hay = Bytes([UInt8](repeating: 7, count: count) + [1, 2, 3])
            #expect(hay.firstIndex(of: [1, 2, 3]) == count)
            #expect(hay.firstIndex(of: [1, 2, 3, 4]) == nil)
            #expect(hay.firstIndex(of: [3], from: count) == count + 2)
        }
    }
}
