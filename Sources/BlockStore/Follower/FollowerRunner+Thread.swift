import Execution
import Synchronization
import Telemetry

// What the thread of a follower does.

extension FollowerRunner {
    /// What the thread has to itself.
    private struct Work {
        var follower: Subject
        var position: UInt64 = 0
        var isLoaded = false
        var pace: FollowerPace
        /// Since when it reads nothing because the process is short of memory.
        var givesWaySince: Instant?
    }

    /// The life of the thread.
    func runThread() {
        var work = Work(
            follower: control.withLock { $0.follower },
            pace: FollowerPace(bytesPerSecond: bytesPerSecond))
        while case .work = nextOrder() {
            do throws(BlockStoreError) {
                if try turn(&work) { control.withLock { $0.succeeded() } }
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

    /// - Returns: whether something has come of it, or there is nothing to do.
    private func turn(_ work: inout Work) throws(BlockStoreError) -> Bool {
        if !work.isLoaded { try load(&work) }
        let moment = FollowerMoment(
            time: clock.time, position: work.position, last: store.lastSequence)
        var next = work.follower
        if control.withLock({ $0.isHurryWanted }) {
            next.hurry(at: moment)
            try move(&work, next, to: work.position)
            control.withLock { $0.hurried() }
        }
        switch next.plan(at: moment) {
        case .rest(let duration):
            control.withLock { $0.rests() }
            rest(duration)
        case .move(let position): try move(&work, next, to: position)
        case .review(let numbers):
            var ranges = NumberRanges()
            for range in numbers { ranges.append(range) }
            return try look(&work, next) { isOver throws(BlockStoreError) in
                try store.review(ranges, by: Self.deadline, unless: isOver)
            }
        case .compare(let census):
            return try look(&work, next) { isOver throws(BlockStoreError) in
                try store.findMissing(by: census, by: Self.deadline, unless: isOver)
            }
        case .read: return try read(&work, next)
        }
        return true
    }

    /// - Returns: false where it was called away.
    private func look(
        _ work: inout Work, _ follower: Subject,
        for findings: (_ isOver: () -> Bool) throws(BlockStoreError) -> BlockFindings?
    ) throws(BlockStoreError) -> Bool {
        guard let findings = try findings({ isCalledAway }) else { return false }
        var next = follower
        next.note(findings)
        try move(&work, next, to: work.position)
        return true
    }

    /// - Returns: false where it has only waited.
    private func read(
        _ work: inout Work, _ follower: Subject
    ) throws(BlockStoreError) -> Bool {
        if !follower.isHurried, work.pace.due > clock.now {
            pause(until: work.pace.due)
            // Whoever has called may have other plans.
            return false
        }
        if mustGiveWay(&work, follower) {
            rest(Limits.followerDelayMin)
            return false
        }
        guard store.waitForLog(above: work.position, by: .never, unless: { isCalledAway }) else {
            guard isCalledAway else { throw .closed }
            return false
        }
        let begin = clock.now
        var next = follower
        let step = try step(&next, above: work.position)
        if !follower.isHurried { work.pace.spend(step.byteCount, from: begin) }
        let (findings, records) = try store.carryOut(step.actions.checks, by: Self.deadline)
        try store.collect(step.actions.rows)
        next.note(findings)
        let hasMoved = step.through > work.position
        try move(&work, next, to: step.through, with: step.actions.changes, and: records)
        if let pause = step.actions.pause ?? (hasMoved ? nil : Limits.followerDelayMin) {
            rest(pause)
        }
        return true
    }

    /// Whether the process is short of memory: a page can take as much as many requests, and has time. But
    /// not for ever.
    private func mustGiveWay(_ work: inout Work, _ follower: Subject) -> Bool {
        guard store.isShortOfMemory, !follower.isHurried else {
            work.givesWaySince = nil
            return false
        }
        let since = work.givesWaySince ?? clock.now
        work.givesWaySince = since
        guard clock.now.elapsed(since: since) >= Limits.followerPatience else { return true }
        work.givesWaySince = nil
        return false
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
                .text("follower", "\(Subject.name)"),
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
                    [.text("follower", "\(Subject.name)")])
            }
        }
        work.isLoaded = true
        publish(work)
        control.withLock { $0.succeeded() }
    }

    private func move(
        _ work: inout Work, _ follower: Subject, to position: UInt64,
        with changes: TableChanges = TableChanges(), and records: [MetaChange] = []
    ) throws(BlockStoreError) {
        let cursor = FollowerCursor(
            name: Subject.name, sequence: position, state: follower.state)
        try store.advance(cursor, with: changes, and: records, by: Self.deadline)
        work.follower = follower
        work.position = position
        publish(work)
    }

    private func publish(_ work: Work) {
        control.notify { $0.moved(work.follower, to: work.position) }
    }

    private func rest(_ duration: Duration?) {
        pause(until: duration.map { clock.now.advanced(by: $0) })
    }

    /// - Parameter instant: nil for until somebody calls.
    private func pause(until instant: Instant?) {
        _ = clock.wait(on: callCount, until: instant) { _ in isCalledAway ? true : nil }
    }

    private func fail(_ error: BlockStoreError) {
        let delay = control.withLock { $0.failed(error) }
        store.options.log.warning(
            "a follower of the log could not go on, and tries again",
            [
                .text("follower", "\(Subject.name)"), .text("error", error.message),
                .number("afterSeconds", delay.inSeconds),
            ])
        rest(delay)
    }

    private var isCalledAway: Bool { isCalled.load(ordering: .sequentiallyConsistent) }

    private static var deadline: Deadline { .after(Limits.followerWriteDuration) }
}
