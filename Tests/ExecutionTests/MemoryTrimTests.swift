import Execution
import Testing

@Suite(.serialized, .timeLimit(.minutes(20)))
struct MemoryTrimTests {
    @Test func itTrimsAfterWorkAndStops() {
        let trim = MemoryTrim(every: .milliseconds(1), after: .milliseconds(1))
        var sum = 0
        while trim.count < 2 {
            for number in 0..<100_000 { sum &+= number }
        }
        #expect(sum != 0)
        trim.stop()
        let count = trim.count
        for number in 0..<1_000_000 { sum &+= number }
        #expect(trim.count == count)
        trim.stop()
    }

    @Test func ownMemoryGrowsWithWhatIsTouched() {
        let before = ProcessSetup.ownByteCount
        #expect(before > 1 << 20)
        let bytes = [UInt8](repeating: 1, count: 256 << 20)
        #expect(ProcessSetup.ownByteCount > 128 << 20)
        #expect(bytes.last == 1)
    }
}
