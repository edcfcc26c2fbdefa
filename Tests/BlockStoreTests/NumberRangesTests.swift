import Buffers
import TestSupport
import Testing

@testable import BlockStore

@Suite(.timeLimit(.minutes(40)))
struct NumberRangesTests {
    private func ranges(_ numbers: [Range<UInt64>]) -> NumberRanges {
        var result = NumberRanges()
        for range in numbers { result.append(range) }
        return result
    }

    @Test func neighboursAreOneRange() {
        let ranges = ranges([1..<2, 2..<3, 3..<3, 5..<9, 10..<11])
        #expect(ranges.ranges == [1..<3, 5..<9, 10..<11])
        let known = (0..<13).filter { ranges.contains(UInt64($0)) }
        #expect(known == [1, 2, 5, 6, 7, 8, 10])
    }

    @Test func beyondTheLimitTheLastOneHasWhatLiesBetween() {
        let count = UInt64(Limits.numberRangesMax) + 10
        let ranges = ranges((0..<count).map { 2 * $0 + 1..<2 * $0 + 2 })
        #expect(ranges.ranges.count == Limits.numberRangesMax)
        #expect((0..<count).allSatisfy { ranges.contains(2 * $0 + 1) })
        #expect(!ranges.contains(2) && ranges.contains(2 * count - 2))
    }

    @Test func theyComeBackAndFitIntoAState() throws {
        let step = Limits.sequenceMax / UInt64(2 * Limits.numberRangesMax)
        let large = (0..<UInt64(Limits.numberRangesMax)).map {
            2 * $0 * step + 1..<(2 * $0 + 1) * step
        }
        for known in [ranges([]), ranges([3..<4, 9..<100]), ranges(large)] {
            var writer = ByteWriter()
            known.write(to: &writer)
            let bytes = writer.finish()
            #expect(bytes.count < Limits.followerStateBytesMax / 2)
            var reader = ByteReader(bytes)
            let again = NumberRanges(reading: &reader)
            #expect(again == known && reader.isAtEnd)
        }
    }

    @Test func noBytesMakeThemTrap() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<20_000 {
            var reader = ByteReader(random.bytes(random.below(30)))
            guard let ranges = NumberRanges(reading: &reader) else { continue }
            #expect(ranges.ranges.allSatisfy { !$0.isEmpty })
            _ = ranges.contains(7)
        }
    }
}
