import Execution
import Telemetry
import TestSupport
import Testing

@testable import BlockStore

/// A disk that takes its time holds up nobody who has no need of it.
@Suite(.timeLimit(.minutes(40)))
struct ReopeningTests {
    @Test func neitherFiguresNorATrimWaitForADatabaseThatIsBeingReopened() throws {
        let scratch = try ScratchStore()
        var options = scratch.options
        let registry = MetricRegistry()
        options.metrics = registry
        let store = try BlockStore.open(options)
        defer { store.close() }
        let holder = store.log.holder
        // A call in flight, which the closing of the database waits for.
        var iterator: (any DatabaseIterator)? = try holder.current().makeIterator()
        let reopening = Thread(name: "reopening") { _ = try? holder.reopen() }
        #expect(comesTrue { holder.currentIfOpen == nil })

        let isDone = Monitor(false)
        let looking = Thread(name: "looking") {
            _ = registry.exposition()
            for _ in 0..<8 { store.keepSmall(true) }
            isDone.notify { $0 = true }
        }
        #expect(isDone.wait(by: soon()) { $0 ? true : nil } == true)
        #expect(holder.currentIfOpen == nil, "it is still being reopened")
        iterator?.seekToLast()
        iterator = nil
        looking.join()
        reopening.join()
        #expect(holder.currentIfOpen != nil)
    }

    @Test func memtablesAreWrittenEarlyByOneThreadAtATime() {
        let memtables = MemtableFlush()
        let (mayEnd, count) = (Monitor(false), Locked(0))
        let isFirst = memtables.start {
            _ = mayEnd.wait(by: .never) { $0 ? true : nil }
            count.withLock { $0 += 1 }
        }
        #expect(isFirst)
        #expect(!memtables.start { count.withLock { $0 += 100 } })
        mayEnd.notify { $0 = true }
        let deadline = soon()
        while !memtables.start({}), !deadline.hasPassed { pause(for: .milliseconds(1)) }
        #expect(count.withLock { $0 } == 1)
    }
}
