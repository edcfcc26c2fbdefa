import Buffers
import TestSupport
import Testing

@testable import BlockStore

@Suite(.timeLimit(.minutes(40)))
struct LogCensusTests {
    @Test func aNumberIsInThePartThatEndsBehindIt() {
        var census = LogCensus()
        #expect(census.isEmpty && census.part(of: 1) == nil)
        for (through, count) in [(3, 2), (3, 1), (10, 4)] as [(UInt64, Int)] {
            census.append(through: through)
            census.add(count)
        }
        #expect(census.count == 2 && census.through == 10)
        #expect((0...11).map { census.part(of: $0) } == [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, nil])
        #expect(census.lacking([3, 4]) == [] && census.lacking([4, 3]) == [0])
        #expect(census.lacking([0, 5]) == [1])
    }

    /// However long the log is: neighbours become one, and every value is counted once.
    @Test func manyPartsBecomeFewer() {
        var census = LogCensus()
        let count = 5 * UInt64(Limits.censusPartsMax) + 3
        for number in 1...count {
            census.append(through: 10 * number)
            census.add(2)
        }
        #expect(census.count <= Limits.censusPartsMax && census.through == 10 * count)
        var entries = [UInt64](repeating: 0, count: census.count)
        for number in 1...count {
            for sequence in [10 * number - 9, 10 * number] {
                if let part = census.part(of: sequence) { entries[part] += 1 }
            }
        }
        #expect(entries.reduce(0, +) == 2 * count)
        #expect(census.lacking(entries) == [])
        entries[7] += 1
        #expect(census.lacking(entries) == [7])
    }

    @Test func itComesBackAndFitsIntoAState() throws {
        var small = LogCensus()
        small.append(through: 9)
        small.add(9)
        var large = LogCensus()
        let step = Limits.sequenceMax / UInt64(Limits.censusPartsMax)
        for number in 1...UInt64(Limits.censusPartsMax) {
            large.append(through: number * step)
            large.add(Int(clamping: step))
        }
        for known in [LogCensus(), small, large] {
            var writer = ByteWriter()
            known.write(to: &writer)
            let bytes = writer.finish()
            #expect(bytes.count < Limits.followerStateBytesMax / 2)
            var reader = ByteReader(bytes)
            #expect(LogCensus(reading: &reader) == known && reader.isAtEnd)
        }
    }
}
