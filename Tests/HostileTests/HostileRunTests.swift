import Buffers
import Execution
import HTTP
import HTTPClient
import TestSupport
import Testing

/// Hostile clients beside honest ones, on the built program: a minute in every run, longer with
/// `HOLDFAST_TEST_HOSTILE_MINUTES`. What is random follows from the seed that is printed first;
/// `HOLDFAST_TEST_SEED` repeats it, as far as threads and clocks repeat.
@Suite(.timeLimit(.minutes(60)), .serialized)
struct HostileRunTests {
    /// Memory of its own that a node may have.
    static let ownMebibytesMax = 256
    /// Share of one processor that counts as idle.
    static let idleShareMax = 0.05

    @Test func honestClientsAreServedWhileHostileOnesDoTheirWorst() throws {
        let seed = TestScale.seed
        print("hostile run: \(TestScale.hostileSeconds) s, HOLDFAST_TEST_SEED=\(seed)")
        var random = SeededRandom(seed: seed)
        let place = try TestPlace()
        let node = try RunningNode(place)
        let content = try HonestContent(to: node, &random)
        let figures = ProcessFigures(of: node.process.processID)
        let (threads, descriptors) = (figures.threadCount, figures.descriptorCount)

        let run = try HostileRun(node, content, seed: seed)
        run.run(for: .seconds(TestScale.hostileSeconds))
        print(run.summary)
        try #require(!node.process.hasEnded, "\(node.process.errorText.suffix(2_000))")
        checkIdle(figures)
        #expect(run.load.problemCount == 0, "\(run.load.problems.joined(separator: "\n"))")
        #expect(run.load.answerCount > 0)
        #expect(TestScale.isSanitized || run.watch.peakMebibytes <= Self.ownMebibytesMax)
        // Threads of the pool and kept-alive connections of the test's own clients may remain.
        #expect(becomes { figures.threadCount <= threads + 16 }, "\(figures.threadCount) threads")
        #expect(
            becomes { figures.descriptorCount <= descriptors + 64 },
            "\(figures.descriptorCount) descriptors, \(descriptors) before")

        let started = Instant.now
        #expect(node.stop() == 0)
        #expect(Instant.now.elapsed(since: started) < .seconds(30), "a signal stops it in time")
        try checkRestart(place, run.load, content)
    }

    /// Two seconds after the last client has left, nothing works for it any more. With a sanitizer, which
    /// makes each step take ten times as long, some time later.
    private func checkIdle(_ figures: ProcessFigures) {
        pause(for: .seconds(2))
        let deadline = soon()
        var (share, busy) = work(of: figures)
        while TestScale.isSanitized, share >= Self.idleShareMax, !deadline.hasPassed {
            (share, busy) = work(of: figures)
        }
        print("hostile run: \(share) of a processor when all are gone, in \(busy)")
        #expect(share < Self.idleShareMax, "work goes on that nobody waits for, in \(busy)")
    }

    /// The share of a processor that is used for two seconds, and the seconds of each thread.
    private func work(of figures: ProcessFigures) -> (share: Double, byThread: [String: Double]) {
        let (before, beforeByThread) = (
            figures.processorSeconds, figures.processorSecondsByThread
        )
        pause(for: .seconds(2))
        let byThread = figures.processorSecondsByThread.map { thread, seconds in
            (thread, seconds - (beforeByThread[thread] ?? 0))
        }
        let share = (figures.processorSeconds - before) / 2
        return (share, Dictionary(uniqueKeysWithValues: byThread).filter { $1 > 0 })
    }

    /// What was acknowledged is there after a restart.
    private func checkRestart(_ place: TestPlace, _ load: HonestLoad, _ content: HonestContent)
        throws
    {
        let node = try RunningNode(place)
        let client = HonestClient(node)
        let files =
            load.added.map { (path: $0.cid, bytes: $0.bytes) }
            + content.files.map { (path: $0.path, bytes: $0.bytes) }
        for file in files {
            let answer = try client.answer(to: HonestRequest(.gateway, .get, "/ipfs/\(file.path)"))
            #expect(
                answer.status == .ok && answer.body == file.bytes, "\(file.path) after a restart")
        }
        #expect(node.stop() == 0)
    }

    /// Whether something comes true before the limit of every wait.
    private func becomes(_ isTrue: () -> Bool) -> Bool {
        let deadline = soon()
        while !isTrue() {
            if deadline.hasPassed { return false }
            pause(for: .milliseconds(100))
        }
        return true
    }
}
