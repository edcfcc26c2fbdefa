import Execution
import Glibc
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(40)))
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
        let usual = MemoryTrim(
            every: .seconds(600), after: .milliseconds(1), keepingAtMost: .max)
        let large = MemoryTrim(
            every: .seconds(8), after: .milliseconds(1), largeAbove: 1 << 20,
            whenLarge: { isLarge in told.notify { $0.append(isLarge) } })
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
        let size = Locked<UInt64>(0)
        let trim = MemoryTrim(
            every: .milliseconds(32), after: .zero, largeAbove: 400,
            ownByteCount: { size.withLock { $0 } },
            whenLarge: { isLarge in told.notify { $0.append(isLarge) } })
        // Between three quarters and all of the limit it stays what it was.
        for (byteCount, expected) in [
            (400, []), (401, [true]), (301, [true]), (300, [true, false]), (400, [true, false]),
            (401, [true, false, true]),
        ] as [(UInt64, [Bool])] {
            size.withLock { $0 = byteCount }
            let count = trim.count
            while trim.count < count + 2 { pause(for: .milliseconds(1)) }
            #expect(told.withLock { $0 } == expected, "\(byteCount)")
        }
    }

    @Test func ownMemoryGrowsWithWhatIsTouched() throws {
        let before = try #require(ProcessSetup.ownByteCount)
        #expect(before > 1 << 20)
        let bytes = [UInt8](repeating: 1, count: 256 << 20)
        let after = try #require(ProcessSetup.ownByteCount)
        #expect(after > 128 << 20)
        #expect(bytes.last == 1)
    }

    /// Where there are no more files to be opened, a node needs its figures most.
    @Test func theFiguresAreKnownWithoutAFileToOpen() async {
        await #expect(processExitsWith: .success) {
            let isKnown = ProcessSetup.ownByteCount != nil
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
            var limit = rlimit()
            unsafe getrlimit(resource, &limit)
            let usual = limit
            limit.rlim_cur = 0
            unsafe setrlimit(resource, &limit)
            let hasFiles = (try? File("/proc/self/statm", .read)) != nil
            let byteCounts = [ProcessSetup.ownByteCount, ProcessSetup.residentByteCount]
            limit = usual
            unsafe setrlimit(resource, &limit)
            guard isKnown, !hasFiles, byteCounts.allSatisfy({ ($0 ?? 0) > 1 << 20 }) else {
                ProcessSetup.abandon(1)
            }
        }
    }
}
