package import Buffers
package import Execution

/// Somebody who works behind on the log: on every block, in the order of their arrival, and from where it
/// stopped after a restart.
///
/// A value without I/O, clock or lock: it is shown pages and says what is to be done. `FollowerRunner` reads,
/// acts, writes the cursor and waits. What a step has changed counts only once the cursor is on disk: after a
/// failure the same page is shown to the follower as it was before.
///
/// - Spec: `Docs/decisions/0017-followers.md`.
package protocol Follower: Sendable {
    /// What its cursor is found by, for ever.
    static var name: FollowerName { get }
    /// Whether pages are to have the bytes of the blocks.
    static var readsBytes: Bool { get }

    /// What it has to know after a restart, with a format byte first; up to `Limits.followerStateBytesMax`.
    var state: Bytes { get }

    /// Takes a state up again.
    ///
    /// - Returns: false where it does not understand it: then it begins anew, with the first block.
    mutating func restore(_ state: Bytes) -> Bool

    /// Says what comes next. What it changes here is kept with `.move` and with the next step only.
    mutating func plan(at moment: FollowerMoment) -> FollowerPlan

    /// Works on a page.
    ///
    /// - Returns: what is to be done before the cursor moves on.
    mutating func step(_ page: LogPage) -> FollowerActions

    /// Is told what has come of the actions of a step, before the cursor moves on.
    mutating func note(_ findings: BlockFindings)

    /// Whether it reads as fast as it can for now.
    var isHurried: Bool { get }

    /// Is told that somebody wants its work done now.
    mutating func hurry(at moment: FollowerMoment)
}

extension Follower {
    package var isHurried: Bool { false }
    package mutating func hurry(at moment: FollowerMoment) {}
    package mutating func note(_ findings: BlockFindings) {}
}

/// What a follower may know of the world when it plans.
package struct FollowerMoment: Hashable, Sendable {
    /// The time of day.
    package let time: WallTime
    /// How far the follower has come.
    package let position: UInt64
    /// The last number of the log that is on disk.
    package let last: UInt64

    package init(time: WallTime, position: UInt64, last: UInt64) {
        self.time = time
        self.position = position
        self.last = last
    }
}

/// What a follower wants to do next.
package enum FollowerPlan: Hashable, Sendable {
    /// Work on the page above its position, as soon as there is one.
    case read
    /// Put its cursor there, with its state as it is now, and plan again.
    case move(to: UInt64)
    /// Look at the blocks that the index has at these numbers, be told by `note` what has come of that, keep
    /// the state as it is now, and plan again.
    case review([Range<UInt64>])
    /// Look for blocks that the index has and the walk has not met, be told by `note` what has come of that, keep
    /// the state as it is now, and plan again.
    case compare(LogCensus)
    /// Plan again after this time, and when somebody hurries; nil for then only.
    case rest(Duration?)
}

/// What is to be done with a page before the cursor moves on.
package struct FollowerActions: Sendable {
    /// Values that are compared with the index.
    package var checks: [BlockCheck] = []
    /// Entries of rows that are compared with `meta/`: what says nothing any more leaves the log.
    package var rows: [LogPage.Row] = []
    /// Rows that change because of the page, whatever stood there before: on disk before the cursor is. The
    /// same may come again after a crash.
    package var changes = TableChanges()
    /// How far the cursor goes; to the end of the page if not given. What is behind is read again.
    package var through: UInt64?
    /// How long to wait before the next page, beside the pace.
    package var pause: Duration?

    /// Nothing but to go on.
    package init() {}
}
