package import Buffers
import Execution

/// The follower that reads every block of the log again, from time to time: what is damaged at two looks goes
/// into quarantine before anybody asks for it, and what is in quarantine and whole comes out.
///
/// It goes on with its run after a restart. A run ends with the number that was the last one at its begin;
/// the next one begins, from the start, some time after the begin of the last.
///
/// - Spec: `Docs/formats/meta.md` for its state; `Docs/decisions/0017-followers.md`.
package struct Scrubber: Follower {
    package static let name: FollowerName = "scrub"
    package static let readsBytes = true
    private static let format: UInt8 = 2

    /// From the begin of a run to that of the next; nil where runs begin only when somebody asks for one.
    package let interval: Duration?
    /// The run that goes on.
    package private(set) var run: ScrubRun?
    /// The last one that came to its end.
    package private(set) var lastRun: ScrubRun?
    /// Whether somebody waits for the run.
    package private(set) var isHurried = false
    /// Whether somebody has asked for a run that has not begun.
    package private(set) var isWanted = false
    /// Where this run has found something that is no value: which block it was, the index may know.
    private var suspects = NumberRanges()
    /// What it has met: the index may know of more.
    private var census = LogCensus()
    /// Whether what comes of a page has not been told yet.
    private var awaitsFindings = false

    /// A scrubber that has never run.
    package init(every interval: Duration?) { self.interval = interval }

    // MARK: what comes next

    package mutating func hurry(at moment: FollowerMoment) {
        // Who asks again does not have it begin anew.
        if run == nil || !isHurried { isWanted = true }
    }

    package mutating func plan(at moment: FollowerMoment) -> FollowerPlan {
        if isWanted {
            begin(at: moment, isHurried: true)
            return .move(to: 0)
        }
        guard var run else { return planIdle(at: moment) }
        guard moment.position < min(run.target, moment.last) else {
            guard suspects.isEmpty else {
                defer { suspects = NumberRanges() }
                return .review(suspects.ranges)
            }
            guard census.isEmpty else {
                defer { census = LogCensus() }
                return .compare(census)
            }
            run.ended = WallTime(seconds: max(1, moment.time.seconds))
            (lastRun, self.run, isHurried) = (run, nil, false)
            return .move(to: moment.position)
        }
        return isHurried || interval != nil ? .read : .rest(nil)
    }

    private mutating func planIdle(at moment: FollowerMoment) -> FollowerPlan {
        guard let interval else { return .rest(nil) }
        let left = Self.left(of: interval, since: lastRun?.began, at: moment.time)
        guard left == .zero else { return .rest(min(left, Limits.scrubRestMax)) }
        begin(at: moment, isHurried: false)
        return .move(to: 0)
    }

    private mutating func begin(at moment: FollowerMoment, isHurried: Bool) {
        run = ScrubRun(began: moment.time, target: moment.last)
        self.isHurried = isHurried
        isWanted = false
        suspects = NumberRanges()
        census = LogCensus()
    }

    /// A clock that was set back does not put off the next run for ever.
    static func left(
        of interval: Duration, since began: WallTime?, at time: WallTime
    ) -> Duration {
        guard let began, began.seconds <= time.seconds else { return .zero }
        return max(.zero, interval - .seconds(time.seconds - began.seconds))
    }

    // MARK: work

    package mutating func step(_ page: LogPage) -> FollowerActions {
        var actions = FollowerActions()
        actions.checks = page.items.map { BlockCheck($0) }
        actions.rows = page.rows
        run?.checkedCount += UInt64(page.items.count)
        run?.checkedByteCount += page.items.reduce(0) { $0 + UInt64($1.byteCount) }
        run?.add(page.gaps)
        for gap in page.gaps where gap.reason == .damaged { suspects.append(gap.numbers) }
        census.append(through: page.through)
        awaitsFindings = true
        return actions
    }

    package mutating func note(_ findings: BlockFindings) {
        run?.add(findings)
        if awaitsFindings { census.add(findings.pointedAtCount) }
        awaitsFindings = false
    }

    // MARK: the state

    ///     u8 format (2) | u8 flags: 1 a run goes on, 2 it is hurried, 4 one is wanted, 8 there was one
    ///     | the run that goes on | the last one | where there were damaged values | what was met
    package var state: Bytes {
        var writer = ByteWriter(capacity: 128)
        writer.append(Self.format)
        writer.append(
            (run == nil ? 0 : 1) | (isHurried ? 2 : 0) | (isWanted ? 4 : 0)
                | (lastRun == nil ? 0 : 8))
        run?.write(to: &writer)
        lastRun?.write(to: &writer)
        suspects.write(to: &writer)
        census.write(to: &writer)
        return writer.finish()
    }

    package mutating func restore(_ state: Bytes) -> Bool {
        var reader = ByteReader(state)
        guard (try? reader.readByte()) == Self.format, let flags = try? reader.readByte() else {
            return false
        }
        var (run, lastRun): (ScrubRun?, ScrubRun?) = (nil, nil)
        if flags & 1 != 0 {
            run = ScrubRun(reading: &reader)
            guard run != nil else { return false }
        }
        if flags & 8 != 0 {
            lastRun = ScrubRun(reading: &reader)
            guard lastRun != nil else { return false }
        }
        guard let suspects = NumberRanges(reading: &reader),
            let census = LogCensus(reading: &reader), reader.isAtEnd
        else { return false }
        (self.run, self.lastRun, self.suspects, self.census) = (run, lastRun, suspects, census)
        (isHurried, isWanted) = (flags & 2 != 0 && run != nil, flags & 4 != 0)
        return true
    }
}

extension FollowerStatus<Scrubber> {
    /// What is known of the scrubber of a store that has none running: what its cursor says.
    ///
    /// - Throws: as `BlockStore.cursor(of:)`.
    package init(storedIn store: BlockStore) throws(BlockStoreError) {
        var scrubber = Scrubber(every: nil)
        let cursor = try store.cursor(of: Scrubber.name)
        let isKnown = cursor.map { scrubber.restore($0.state) } ?? false
        let (position, last) = (isKnown ? cursor?.sequence ?? 0 : 0, store.lastSequence)
        self.init(
            follower: scrubber, position: position, lag: last > position ? last - position : 0,
            isHurryWanted: false, isPaused: false, errorCount: 0, error: nil, readByteCount: 0)
    }
}
