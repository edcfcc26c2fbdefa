package import Execution
import Synchronization
import Telemetry

/// The shell around a follower, on a thread of its own: reads pages at a pace, carries out what the follower
/// wants, and moves its cursor, synced, together with what has come of that.
///
/// An error ends nothing: it is kept and told, and the turn is tried again after a while, which grows.
/// Whoever starts it stops it before the store is closed.
package final class FollowerRunner<Subject: Follower>: Sendable {
    private let store: BlockStore
    private let clock: any FollowerClock
    private let bytesPerSecond: Int?
    private let control: Monitor<FollowerControl<Subject>>
    /// Whether somebody has said something that the thread has not heard yet: what it waits for is over.
    private let isCalled = Atomic(false)
    let readByteCount = Counter()
    /// Bytes of the page that the follower is looking at.
    let heldByteCount = Atomic(0)
    private let thread = Locked<Thread?>(nil)

    /// Prepares a runner; adds its metrics to those of the store.
    ///
    /// - Parameters:
    ///   - follower: as it is without a cursor.
    ///   - store: whose log it follows.
    ///   - bytesPerSecond: how fast it reads; nil for as fast as it can.
    ///   - clock: what pauses are counted by.
    package init(
        _ follower: Subject, on store: BlockStore, bytesPerSecond: Int? = nil,
        clock: any FollowerClock = SystemFollowerClock()
    ) {
        self.store = store
        self.clock = clock
        self.bytesPerSecond = bytesPerSecond
        control = Monitor(FollowerControl(follower))
        if let registry = store.options.metrics { addMetrics(to: registry) }
    }

    // MARK: calls

    /// Starts the thread; again is harmless.
    package func start() {
        guard control.notify({ $0.start() }) else { return }
        let thread = Thread(name: "\(Subject.name)") { [self] in run() }
        self.thread.withLock { $0 = thread }
    }

    /// Does nothing until `resume`; a page that is being worked on comes to its end.
    package func pause() { call { $0.pause() } }

    /// Goes on.
    package func resume() { call { $0.resume() } }

    /// Tells the follower that its work is wanted now; returns at once.
    package func hurry() { call { $0.hurry() } }

    /// Ends the thread, behind the page that is being worked on.
    ///
    /// - Parameter deadline: when to wait no longer: a disk may not answer.
    /// - Returns: whether it has ended.
    @discardableResult
    package func stop(by deadline: Deadline) -> Bool {
        call { $0.stop() }
        let hasEnded = control.wait(by: deadline) { $0.phase == .ended ? true : nil } ?? false
        if hasEnded { thread.withLock { $0.take() }?.join() }
        return hasEnded
    }

    /// How it is.
    package var status: FollowerStatus<Subject> {
        let last = store.lastSequence
        let readByteCount = readByteCount.value
        return control.withLock { control in
            FollowerStatus(
                follower: control.follower, position: control.position,
                lag: last > control.position ? last - control.position : 0,
                isPaused: control.phase == .paused, errorCount: control.errorCount,
                error: control.error, readByteCount: readByteCount)
        }
    }

    private func call(_ change: (inout FollowerControl<Subject>) -> Void) {
        control.notify { change(&$0) }
        isCalled.store(true, ordering: .sequentiallyConsistent)
        clock.wake()
        store.wakeFollowers()
    }

    // MARK: the thread

    /// What the thread has to itself.
    private struct Work {
        var follower: Subject
        var position: UInt64 = 0
        var isLoaded = false
        var isHurryWanted = false
        var pace: FollowerPace
    }

    private func run() {
        var work = Work(
            follower: control.withLock { $0.follower },
            pace: FollowerPace(bytesPerSecond: bytesPerSecond))
        while case .work(let isHurryWanted) = nextOrder() {
            if isHurryWanted { work.isHurryWanted = true }
            do throws(BlockStoreError) {
                try turn(&work)
                control.withLock { $0.succeeded() }
            } catch {
                guard error.code != .closed else { break }
                fail(error)
            }
        }
        control.notify { $0.ended() }
    }

    private func nextOrder() -> FollowerControl<Subject>.Order {
        isCalled.store(false, ordering: .sequentiallyConsistent)
        return control.wait(by: .never) { $0.nextOrder() } ?? .end
    }

    private func turn(_ work: inout Work) throws(BlockStoreError) {
        if !work.isLoaded { try load(&work) }
        let moment = FollowerMoment(
            time: clock.time, position: work.position, last: store.lastSequence)
        var next = work.follower
        if work.isHurryWanted {
            next.hurry(at: moment)
            try move(&work, next, to: work.position)
            work.isHurryWanted = false
        }
        switch next.plan(at: moment) {
        case .rest(let duration): rest(duration)
        case .move(let position): try move(&work, next, to: position)
        case .read: try read(&work, next)
        }
    }

    private func read(_ work: inout Work, _ follower: Subject) throws(BlockStoreError) {
        if !follower.isHurried, work.pace.due > clock.now {
            clock.wait(until: work.pace.due, unless: { isCalledAway })
            // Whoever has called may have other plans.
            return
        }
        guard store.waitForLog(above: work.position, by: .never, unless: { isCalledAway }) else {
            guard isCalledAway else { throw .closed }
            return
        }
        let begin = clock.now
        var next = follower
        let step = try step(&next, above: work.position)
        work.pace.spend(step.byteCount, from: begin)
        let (findings, changes) = try store.carryOut(step.actions.checks, by: Self.deadline)
        next.note(findings)
        let hasMoved = step.through > work.position
        try move(&work, next, to: step.through, with: changes)
        if let pause = step.actions.pause ?? (hasMoved ? nil : Limits.followerDelayMin) {
            rest(pause)
        }
    }

    /// What has come of a page, which is let go of before anything is done with it: a second look at a
    /// large block would be at two of them.
    private struct Step {
        let actions: FollowerActions
        let through: UInt64
        let byteCount: Int
    }

    private func step(
        _ follower: inout Subject, above position: UInt64
    ) throws(BlockStoreError) -> Step {
        let page = try store.logPage(above: position, withBytes: Subject.readsBytes)
        heldByteCount.store(page.byteCount, ordering: .relaxed)
        defer { heldByteCount.store(0, ordering: .relaxed) }
        readByteCount.add(page.byteCount)
        tell(page.gaps)
        let actions = follower.step(page)
        let through = min(max(actions.through ?? page.through, position), page.through)
        return Step(actions: actions, through: through, byteCount: page.byteCount)
    }

    private func tell(_ gaps: [LogPage.Gap]) {
        guard let gap = gaps.first else { return }
        store.options.log.warning(
            "a part of the block log cannot be read",
            [
                .text("follower", Subject.name),
                .integer("sequence", Int(clamping: gap.numbers.lowerBound)),
                .integer("numbers", gap.numbers.count), .integer("gaps", gaps.count),
                .text("error", gap.message),
            ])
    }

    private func load(_ work: inout Work) throws(BlockStoreError) {
        if let cursor = try store.cursor(of: Subject.name) {
            if work.follower.restore(cursor.state) {
                // A log that was not synced may have lost its end: its numbers are used again.
                work.position = min(cursor.sequence, store.lastSequence)
            } else {
                store.options.log.warning(
                    "a follower of the log does not know its own state, and begins anew",
                    [.text("follower", Subject.name)])
            }
        }
        work.isLoaded = true
        publish(work)
    }

    private func move(
        _ work: inout Work, _ follower: Subject, to position: UInt64,
        with changes: [MetaChange] = []
    ) throws(BlockStoreError) {
        let cursor = FollowerCursor(
            name: Subject.name, sequence: position, state: follower.state)
        try store.advance(cursor, with: changes, by: Self.deadline)
        work.follower = follower
        work.position = position
        publish(work)
    }

    private func publish(_ work: Work) {
        control.notify { $0.moved(work.follower, to: work.position) }
    }

    private func rest(_ duration: Duration?) {
        clock.wait(
            until: duration.map { clock.now.advanced(by: $0) }, unless: { isCalledAway })
    }

    private func fail(_ error: BlockStoreError) {
        let delay = control.withLock { $0.failed(error) }
        store.options.log.warning(
            "a follower of the log could not go on, and tries again",
            [
                .text("follower", Subject.name), .text("error", error.message),
                .number("afterSeconds", delay.inSeconds),
            ])
        rest(delay)
    }

    private var isCalledAway: Bool { isCalled.load(ordering: .sequentiallyConsistent) }

    private static var deadline: Deadline { .after(Limits.followerWriteDuration) }
}
