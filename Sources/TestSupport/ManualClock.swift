package import Execution

/// A clock that goes when a test says so.
package final class ManualClock: TimeSource {
    /// What those who go by it do.
    package enum Rest: Hashable, Sendable {
        /// Nobody waits for it.
        case none
        /// Somebody waits until then; nil for ever.
        case until(Instant?)
    }

    private struct State {
        var now = Instant(nanoseconds: 1_000_000_000)
        var time = WallTime(seconds: 1_700_000_000)
        var waiters: [Int: Waiter] = [:]
        var lastWaiter = 0
    }

    private struct Waiter {
        let instant: Instant?
        /// Whether it has looked at the clock since that was advanced, and waits on.
        var rests = false
        /// Has it look again.
        let wake: @Sendable () -> Void
    }

    private let skips: Bool
    private let state = Locked(State())

    /// - Parameter skips: whether it jumps to whatever instant is waited for.
    package init(skips: Bool = false) { self.skips = skips }

    package var now: Instant { state.withLock { $0.now } }
    package var time: WallTime { state.withLock { $0.time } }

    /// Lets time pass.
    package func advance(by duration: Duration) {
        let waiters = state.withLock { state in
            Self.advance(&state, to: state.now.advanced(by: duration))
            // Whoever still waits says so again.
            for number in state.waiters.keys { state.waiters[number]?.rests = false }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.wake() }
    }

    /// Sets the time of day alone.
    package func set(time: WallTime) { state.withLock { $0.time = time } }

    /// Waits until somebody rests who has gone by the clock since it was advanced.
    ///
    /// - Returns: until when; `.none` if nobody does soon.
    package func rest() -> Rest {
        var rest = Rest.none
        _ = comesTrue {
            rest = rests.first.map { .until($0) } ?? .none
            return rest != .none
        }
        return rest
    }

    /// Whether somebody soon rests until an instant.
    package func comesToRest(until instant: Instant?) -> Bool {
        comesTrue { rests.contains(instant) }
    }

    private var rests: [Instant?] {
        state.withLock { $0.waiters.values.filter(\.rests).map(\.instant) }
    }

    package func wait<Value, Result>(
        on monitor: Monitor<Value>, until instant: Instant?,
        _ condition: (inout Value) -> Result?
    ) -> Result? {
        let number = state.withLock { state in
            state.lastWaiter += 1
            state.waiters[state.lastWaiter] = Waiter(instant: instant) { monitor.notify { _ in } }
            return state.lastWaiter
        }
        defer { state.withLock { $0.waiters[number] = nil } }
        let outcome: Result?? = monitor.wait(by: .never) { value in
            if let result = condition(&value) { return .some(result) }
            return hasCome(instant, to: number) ? .some(nil) : nil
        }
        return outcome ?? nil
    }

    /// Whether an instant has come; who asks rests if not.
    private func hasCome(_ instant: Instant?, to number: Int) -> Bool {
        state.withLock { [skips] state in
            guard let instant, instant <= state.now || skips else {
                state.waiters[number]?.rests = true
                return false
            }
            Self.advance(&state, to: max(instant, state.now))
            return true
        }
    }

    private static func advance(_ state: inout State, to instant: Instant) {
        let seconds =
            Int64(instant.nanoseconds / 1_000_000_000)
            - Int64(state.now.nanoseconds / 1_000_000_000)
        state.time = WallTime(
            seconds: state.time.seconds + seconds, nanoseconds: state.time.nanoseconds)
        state.now = instant
    }
}
