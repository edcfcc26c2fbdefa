import Execution
import Testing

@Suite(.timeLimit(.minutes(40)))
struct MonitorTests {
    @Test func aWaiterSeesTheChangeOfAnotherThread() {
        let monitor = Monitor(0)
        let thread = Thread(name: "changer") {
            for _ in 0..<100 { monitor.notify { $0 += 1 } }
        }
        let seen = monitor.wait(by: .after(.seconds(30))) { $0 == 100 ? $0 : nil }
        thread.join()
        #expect(seen == 100)
    }

    @Test func aWaitEndsWithItsDeadline() {
        let monitor = Monitor(false)
        let started = Instant.now
        let result: Int? = monitor.wait(by: .after(.milliseconds(20))) { _ in nil }
        #expect(result == nil)
        #expect(Instant.now.elapsed(since: started) >= .milliseconds(20))
    }

    @Test func theLockKeepsThreadsApart() {
        let counter = Locked(0)
        let threads = (0..<4).map { index in
            Thread(name: "count-\(index)") {
                for _ in 0..<10_000 { counter.withLock { $0 += 1 } }
            }
        }
        for thread in threads { thread.join() }
        #expect(counter.withLock { $0 } == 40_000)
    }
}
