import Buffers
import Execution
import TestSupport
import Testing

@testable import BlockStore

/// The shell around followers: goes on where it stopped, by its pace, through whatever fails.
@Suite(.timeLimit(.minutes(40)))
struct FollowerRunnerTests {
    private let disk = SimulatedDisk(seed: 1)
    private let clock = ManualClock()

    private func open() throws -> BlockStore { try BlockStore.open(.simulated(on: disk)) }

    private func append(_ numbers: Range<Int>, to store: BlockStore) throws {
        try store.append(numbers.map { try VerifiedBlock(sample: $0) }, by: soon())
    }

    private func runner(
        on store: BlockStore, _ follower: CountingFollower = CountingFollower(),
        bytesPerSecond: Int? = nil
    ) -> FollowerRunner<CountingFollower> {
        FollowerRunner(follower, on: store, bytesPerSecond: bytesPerSecond, clock: clock)
    }

    private func comes(_ runner: FollowerRunner<CountingFollower>, to position: UInt64) -> Bool {
        comesTrue { runner.status.position == position }
    }

    @Test func itFollowsTheLogAndGoesOnFromItsCursor() throws {
        let store = try open()
        let first = runner(on: store)
        try append(0..<10, to: store)
        first.start()
        #expect(comes(first, to: 10))
        try append(10..<15, to: store)
        #expect(comes(first, to: 15))
        #expect(first.status.follower.count == 15)
        #expect(first.status.follower.sum == 120)
        #expect(first.status.lag == 0)
        #expect(first.stop(by: soon()))
        store.close()
        let again = try open()
        defer { again.close() }
        try append(15..<17, to: again)
        let second = runner(on: again)
        second.start()
        #expect(comes(second, to: 17))
        #expect(second.status.follower.count == 17)
        #expect(second.stop(by: soon()))
    }

    @Test func aStateThatItDoesNotKnowIsBegunAnew() throws {
        let store = try open()
        defer { store.close() }
        try append(0..<4, to: store)
        let other = FollowerCursor(name: CountingFollower.name, sequence: 3, state: [9])
        try store.advance(other, by: soon())
        let runner = runner(on: store)
        runner.start()
        #expect(comes(runner, to: 4))
        #expect(runner.status.follower.count == 4)
        #expect(runner.stop(by: soon()))
    }

    @Test func itReadsAtItsPace() throws {
        let store = try open()
        defer { store.close() }
        try append(0..<2, to: store)
        let begin = clock.now
        let runner = runner(on: store, bytesPerSecond: 1000)
        runner.start()
        let byteCount = try store.logPage(above: 0).byteCount
        let due = begin.advanced(by: .nanoseconds(byteCount * 1_000_000))
        #expect(clock.rest() == .until(due))
        #expect(runner.status.position == 2)
        try append(2..<3, to: store)
        #expect(clock.rest() == .until(due))
        #expect(runner.status.position == 2 && runner.status.lag == 1)
        clock.advance(by: due.elapsed(since: clock.now))
        #expect(comes(runner, to: 3))
        #expect(runner.stop(by: soon()))
    }

    /// A page can take as much as many requests. But it does not wait for ever.
    @Test(arguments: [false, true])
    func itGivesWayWhileMemoryIsShort(forLong: Bool) throws {
        let store = try open()
        defer { store.close() }
        try append(0..<2, to: store)
        store.keepSmall(true)
        let runner = runner(on: store)
        runner.start()
        #expect(clock.rest() == .until(clock.now.advanced(by: Limits.followerDelayMin)))
        #expect(runner.status.position == 0)
        if forLong {
            clock.advance(by: Limits.followerPatience)
        } else {
            store.keepSmall(false)
            clock.advance(by: Limits.followerDelayMin)
        }
        #expect(comes(runner, to: 2))
        #expect(runner.stop(by: soon()))
    }

    @Test func anErrorEndsNothingAndIsTriedAgainLaterAndLater() throws {
        let store = try open()
        defer { store.close() }
        try append(0..<3, to: store)
        disk.faults.walkFails = 1000
        let runner = runner(on: store)
        runner.start()
        for (number, seconds) in [1, 2, 4, 8].enumerated() {
            #expect(clock.rest() == .until(clock.now.advanced(by: .seconds(seconds))))
            #expect(runner.status.errorCount == number + 1)
            #expect(runner.status.error?.contains("blocks/ could not be read") == true)
            if seconds < 8 { clock.advance(by: .seconds(seconds)) }
        }
        disk.faults.walkFails = 0
        clock.advance(by: .seconds(8))
        #expect(comes(runner, to: 3))
        #expect(comesTrue { runner.status.error == nil })
        #expect(runner.status.errorCount == 4)
        #expect(runner.stop(by: soon()))
    }

    @Test func theDelayHasALimit() {
        var control = FollowerControl(CountingFollower())
        let error = BlockStoreError(.readError, "")
        var delays = (0..<100).map { _ in control.failed(error) }
        #expect(delays.first == Limits.followerDelayMin)
        #expect(delays.allSatisfy { $0 <= Limits.followerDelayMax })
        #expect(delays.last == Limits.followerDelayMax)
        control.succeeded()
        delays = [control.failed(error)]
        #expect(delays == [Limits.followerDelayMin])
    }

    @Test func whileItIsPausedItDoesNothing() throws {
        let store = try open()
        defer { store.close() }
        try append(0..<3, to: store)
        let runner = runner(on: store)
        runner.start()
        #expect(comes(runner, to: 3))
        runner.pause()
        try append(3..<6, to: store)
        try store.forEachBlock { _, _ in true }
        #expect(runner.status.isPaused && runner.status.position == 3)
        runner.resume()
        #expect(comes(runner, to: 6))
        #expect(runner.stop(by: soon()))
    }

    @Test func itEndsWhereverItIs() throws {
        let store = try open()
        let (waiting, paused, failing) = (runner(on: store), runner(on: store), runner(on: store))
        #expect(runner(on: store).stop(by: soon()), "one that was not started has ended")
        waiting.start()
        #expect(waiting.stop(by: soon()))
        paused.start()
        paused.pause()
        #expect(paused.stop(by: soon()))
        disk.faults.readFails = 1000
        failing.start()
        #expect(clock.rest() != .none)
        #expect(failing.stop(by: soon()))
        disk.faults.readFails = 0
        let closed = runner(on: store)
        closed.start()
        store.close()
        #expect(closed.stop(by: soon()))
    }

    /// Failures, and power that goes at any write: what the cursor says was seen is what was seen, and what
    /// was found damaged before it is in quarantine.
    @Test(arguments: 1...60) func theCursorNeverOutrunsTheWork(_ seed: UInt64) throws {
        let disk = SimulatedDisk(seed: seed)
        var random = SeededRandom(seed: seed)
        var number = 0
        for _ in 0..<3 {
            let store = try openedAgain(disk)
            if seed % 2 == 0 { disk.faults = faults(&random) }
            disk.cutPower(atWrite: 3 + random.below(30))
            let runner = FollowerRunner(
                CountingFollower(), on: store, clock: ManualClock(skips: true))
            runner.start()
            while disk.isOn {
                try? store.append([try VerifiedBlock(sample: number)], by: .after(.seconds(5)))
                number += 1
            }
            #expect(runner.stop(by: soon()), "seed \(seed)")
            store.close()
            disk.powerOn()
            disk.faults = SimulatedDisk.Faults()
            let again = try openedAgain(disk)
            try expectHonestCursor(again, seed)
            again.close()
        }
        let store = try openedAgain(disk)
        defer { store.close() }
        let runner = FollowerRunner(CountingFollower(), on: store, clock: ManualClock(skips: true))
        runner.start()
        #expect(comes(runner, to: store.lastSequence), "seed \(seed)")
        #expect(runner.stop(by: soon()))
        try expectHonestCursor(store, seed)
    }

    /// The power goes at any write: what is behind the cursor and damaged is in quarantine, on disk.
    @Test(arguments: 1...40) func theCursorTakesWhatWasFoundAlong(_ seed: UInt64) throws {
        let disk = SimulatedDisk(seed: seed)
        let blocks = try (0..<12).map { try VerifiedBlock(sample: $0) }
        let damaged = [2, 6, 10]
        let store = try openedAgain(disk)
        try store.append(blocks, by: soon())
        try store.forEachBlock { _, _ in true }
        for number in damaged {
            try store.write(blocks[number], at: UInt64(number) + 1, flippingLast: true)
        }
        disk.cutPower(atWrite: 1 + Int(seed % 10))
        try follow(store) { !disk.isOn || $0 == 12 }
        store.close()

        let again = try openedAgain(disk)
        defer { again.close() }
        let position = try again.cursor(of: CountingFollower.name)?.sequence ?? 0
        for number in damaged where position > UInt64(number) {
            #expect(
                try again.quarantineRecord(of: blocks[number]) != nil,
                "seed \(seed): \(number) of \(position)")
        }
        try follow(again) { $0 == 12 }
        for (number, block) in blocks.enumerated() {
            let record = try again.quarantineRecord(of: block)
            #expect((record != nil) == damaged.contains(number), "seed \(seed): \(number)")
        }
        try expectHonestCursor(again, seed)
    }

    /// Has a follower work until its position will do.
    private func follow(_ store: BlockStore, until isDone: (UInt64) -> Bool) throws {
        let runner = FollowerRunner(CountingFollower(), on: store, clock: ManualClock(skips: true))
        runner.start()
        #expect(comesTrue { isDone(runner.status.position) })
        #expect(runner.stop(by: soon()))
    }

    private func faults(_ random: inout SeededRandom) -> SimulatedDisk.Faults {
        var faults = SimulatedDisk.Faults()
        faults.writeFails = random.below(100)
        faults.walkFails = random.below(300)
        faults.readFails = random.below(100)
        faults.openFails = random.below(500)
        return faults
    }

    private func openedAgain(_ disk: SimulatedDisk) throws -> BlockStore {
        disk.powerOn()
        var options = BlockStoreOptions.simulated(on: disk)
        options.reopenPatience = .milliseconds(5)
        return try BlockStore.open(options)
    }

    private func expectHonestCursor(_ store: BlockStore, _ seed: UInt64) throws {
        guard let cursor = try store.cursor(of: CountingFollower.name) else { return }
        var follower = CountingFollower()
        let isKnown = follower.restore(cursor.state)
        #expect(isKnown, "seed \(seed)")
        let seen = try store.logPage(above: 0).items.filter { $0.sequence <= cursor.sequence }
        #expect(follower.count == UInt64(seen.count), "seed \(seed)")
        #expect(follower.sum == seen.reduce(0) { $0 + $1.sequence }, "seed \(seed)")
        #expect(follower.gapCount == 0, "seed \(seed)")
    }
}
