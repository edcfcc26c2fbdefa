import Testing

@testable import Content

struct SequenceSetTests {
    @Test func aNumberIsNewOnce() {
        var set = SequenceSet()
        let numbers: [UInt64] = [0, 63, 64, 32_767, 32_768, 1 << 40, .max]
        let first = numbers.map { set.insert($0) }
        let again = numbers.map { set.insert($0) }
        #expect(first.allSatisfy { $0 })
        #expect(!again.contains(true))
    }

    /// Far apart, close together, and in a page that gets more than it has room for as a list.
    @Test(arguments: [1, 7, 1_000, 40_000])
    func numbersAreToldApart(distance: UInt64) {
        var set = SequenceSet()
        let numbers = (0..<2_000).map { UInt64($0) * distance + 5 }
        let first = numbers.reversed().filter { set.insert($0) }
        let again = numbers.filter { set.insert($0) }
        let between = numbers.dropLast().filter { distance > 1 && set.insert($0 + 1) }
        #expect(first.count == 2_000)
        #expect(again.isEmpty)
        #expect(between.count == (distance > 1 ? 1_999 : 0))
    }

    /// A walk makes room for one step before it takes it, however large the store is.
    @Test func aStepTakesLittleMemoryWhateverTheNumber() {
        var set = SequenceSet()
        for number: UInt64 in [0, 17_000_000, 1 << 33, 1 << 50, .max - 32_767] {
            var before = set.byteCount
            for next in number...(number + 1_000) {
                _ = set.insert(next)
                #expect(set.byteCount - before < Limits.stateAheadBytes)
                before = set.byteCount
            }
        }
        #expect(set.byteCount >= 5 * 32_768 / 8)
    }

    @Test func fewNumbersTakeNoPage() {
        var set = SequenceSet()
        _ = set.insert(1 << 40)
        #expect(set.byteCount > 0 && set.byteCount <= 3 * Limits.hashedEntryBytes)
    }

    @Test func manyNumbersTakeOneBitEach() {
        var set = SequenceSet()
        for number in 0..<UInt64(1_000_000) { _ = set.insert(number) }
        #expect(set.byteCount <= 2 * 1_000_000 / 8)
    }
}
