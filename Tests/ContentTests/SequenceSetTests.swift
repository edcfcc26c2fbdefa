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

    /// A walk makes room for one step before it takes it, however large the store is.
    @Test func aStepTakesLittleMemoryWhateverTheNumber() {
        var set = SequenceSet()
        for number: UInt64 in [0, 17_000_000, 1 << 33, 1 << 50, .max] {
            let before = set.byteCount
            _ = set.insert(number)
            #expect(set.byteCount - before >= 32_768 / 8)
            #expect(set.byteCount - before < Limits.stateAheadBytes)
        }
    }
}
