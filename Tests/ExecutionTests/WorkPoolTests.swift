import Execution
import Testing

@Suite(.timeLimit(.minutes(40)))
struct WorkPoolTests {
    @Test func resultsComeBackInTheOrderAsked() {
        let pool = WorkPool(width: 3)
        let pending = (0..<500).map { number in pool.start { number * number } }
        #expect(pending.map { $0.value() } == (0..<500).map { $0 * $0 })
        pool.close()
    }

    @Test func theCallerWorksWhenTheQueueIsFull() {
        let pool = WorkPool(width: 1, capacity: 1)
        let gate = Pending<Bool>()
        let started = Pending<Bool>()
        pool.submit {
            started.fulfil(true)
            _ = gate.value()
        }
        _ = started.value()
        pool.submit {}
        // The only worker is held and the queue is full: this piece must run here.
        let own = Thread.currentIdentity
        let ranOn = Locked<UInt64>(0)
        pool.submit { ranOn.withLock { $0 = Thread.currentIdentity } }
        #expect(ranOn.withLock { $0 } == own)
        gate.fulfil(true)
        pool.close()
    }

    @Test func closingRunsWhatWaits() {
        let pool = WorkPool(width: 1)
        let count = Locked(0)
        for _ in 0..<50 { pool.submit { count.withLock { $0 += 1 } } }
        pool.close()
        #expect(count.withLock { $0 } == 50)
    }

    @Test func aPieceThatHasRunIsGivenUpWhileOthersWait() {
        final class Captured: Sendable {}
        let pool = WorkPool(width: 1)
        let (gate, nextGate) = (Pending<Bool>(), Pending<Bool>())
        let nextStarted = Pending<Bool>()
        weak var captured: Captured?
        do {
            let object = Captured()
            captured = object
            pool.submit { _ = gate.value() }
            pool.submit { withExtendedLifetime(object) {} }
        }
        pool.submit {
            nextStarted.fulfil(true)
            _ = nextGate.value()
        }
        pool.submit {}
        #expect(captured != nil)
        gate.fulfil(true)
        _ = nextStarted.value()
        #expect(captured == nil)
        nextGate.fulfil(true)
        pool.close()
    }

    @Test func thisMachineHasAProcessor() {
        #expect(ProcessorCount.available >= 1)
    }
}
