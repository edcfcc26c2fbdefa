/// What pauses are counted by, and what says the time of day, so that tests can choose the time.
///
/// Deadlines of callers are not its business: they are counted by the system's clock.
package protocol TimeSource: Sendable {
    /// The time that pauses are counted in.
    var now: Instant { get }
    /// The time of day.
    var time: WallTime { get }

    /// Waits until a value says that it is enough, or an instant has come.
    ///
    /// - Parameters:
    ///   - monitor: has the value; who changes it notifies.
    ///   - instant: nil for never.
    ///   - condition: asked at the begin and after each change, under the lock; nil to go on waiting.
    /// - Returns: what the condition gave, or nil where the instant came first.
    func wait<Value, Result>(
        on monitor: Monitor<Value>, until instant: Instant?,
        _ condition: (inout Value) -> Result?
    ) -> Result?
}

/// The clocks of the system.
package struct SystemTime: TimeSource {
    package init() {}

    package var now: Instant { .now }
    package var time: WallTime { .now }

    package func wait<Value, Result>(
        on monitor: Monitor<Value>, until instant: Instant?,
        _ condition: (inout Value) -> Result?
    ) -> Result? {
        monitor.wait(by: instant.map { Deadline.at($0) } ?? .never, until: condition)
    }
}
