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

    /// A process that is near the limit of its memory does not wait for its turn.
    @Test func aLargeProcessTrimsMoreOftenAndSaysSo() {
        let told = Monitor<[Bool]>([])
        let usual = MemoryTrim(every: .seconds(600), after: .milliseconds(1))
        let large = MemoryTrim(
            every: .seconds(8), after: .milliseconds(1), largeAbove: 1 << 20
        ) { isLarge in
            told.notify { $0.append(isLarge) }
        }
        let deadline = Deadline.after(.seconds(60))
        var sum = 0
        while large.count < 2, !deadline.hasPassed {
            for number in 0..<100_000 { sum &+= number }
        }
        #expect(sum != 0 && large.count >= 2 && usual.count == 0)
        #expect(told.withLock { $0 } == [true])
    }

    @Test func itSaysWhenTheProcessIsSmallAgain() {
        let told = Monitor<[Bool]>([])
        let limit = ProcessSetup.ownByteCount + 256 << 20
        let trim = MemoryTrim(
            every: .milliseconds(320), after: .milliseconds(1), largeAbove: limit
        ) { isLarge in
            told.notify { $0.append(isLarge) }
        }
        do {
            let bytes = [UInt8](repeating: 1, count: Int(limit))
            let isTold = told.wait(by: .after(.seconds(60))) { $0 == [true] ? true : nil }
            #expect(isTold == true && bytes.last == 1)
        }
        #expect(told.wait(by: .after(.seconds(60))) { $0 == [true, false] ? true : nil } == true)
        withExtendedLifetime(trim) {}
    }

    @Test func ownMemoryGrowsWithWhatIsTouched() {
        let before = ProcessSetup.ownByteCount
        #expect(before > 1 << 20)
        let bytes = [UInt8](repeating: 1, count: 256 << 20)
        #expect(ProcessSetup.ownByteCount > 128 << 20)
        #expect(bytes.last == 1)
    }
}
