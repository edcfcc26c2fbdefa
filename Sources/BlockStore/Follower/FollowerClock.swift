package import Execution

/// The clock that a follower's runner goes by, so that tests can choose the time.
package protocol FollowerClock: Sendable {
    /// The time that pauses are counted in.
    var now: Instant { get }
    /// The time of day.
    var time: WallTime { get }

    /// Waits until an instant has come, or until it is over.
    ///
    /// - Parameters:
    ///   - instant: nil for never.
    ///   - isOver: asked at the begin and after each `wake`, under a lock.
    func wait(until instant: Instant?, unless isOver: () -> Bool)

    /// Has those who wait ask whether that is over.
    func wake()
}

/// The clock of the system.
package final class SystemFollowerClock: FollowerClock {
    /// How often they were woken. Something, because a value of no size has the address of the monitor
    /// itself, and the thread sanitizer takes each look at that for one at the value.
    private let wakeCount = Monitor(UInt64(0))

    package init() {}

    package var now: Instant { .now }
    package var time: WallTime { .now }

    package func wait(until instant: Instant?, unless isOver: () -> Bool) {
        let deadline = instant.map { Deadline.at($0) } ?? .never
        _ = wakeCount.wait(by: deadline) { _ in isOver() ? true : nil }
    }

    package func wake() { wakeCount.notify { $0 &+= 1 } }
}
