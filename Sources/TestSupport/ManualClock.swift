import BlockStore
package import Execution

/// A clock of a follower that goes when a test says so.
package final class ManualClock: FollowerClock {
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
        var rest = Rest.none
    }

    private let skips: Bool
    private let state = Monitor(State())

    /// - Parameter skips: whether it jumps to whatever instant is waited for.
    package init(skips: Bool = false) { self.skips = skips }

    package var now: Instant { state.withLock { $0.now } }
    package var time: WallTime { state.withLock { $0.time } }

    /// Lets time pass.
    package func advance(by duration: Duration) {
        state.notify { state in
            Self.advance(&state, to: state.now.advanced(by: duration))
            // Whoever still waits says so again.
            state.rest = .none
        }
    }

    /// Sets the time of day alone.
    package func set(time: WallTime) { state.withLock { $0.time = time } }

    /// Waits until somebody rests who has gone by the clock since it was advanced.
    ///
    /// - Returns: until when; `.none` if nobody does soon.
    package func rest() -> Rest {
        _ = comesTrue { state.withLock { $0.rest != .none } }
        return state.withLock { $0.rest }
    }

    package func wait(until instant: Instant?, unless isOver: () -> Bool) {
        _ = state.wait(by: .never) { [skips] state -> Bool? in
            let isDue = instant.map { $0 <= state.now || skips } ?? false
            if let instant, isDue { Self.advance(&state, to: max(instant, state.now)) }
            guard isDue || isOver() else {
                state.rest = .until(instant)
                return nil
            }
            state.rest = .none
            return true
        }
    }

    package func wake() { state.notify { _ in } }

    private static func advance(_ state: inout State, to instant: Instant) {
        let seconds =
            Int64(instant.nanoseconds / 1_000_000_000)
            - Int64(state.now.nanoseconds / 1_000_000_000)
        state.time = WallTime(
            seconds: state.time.seconds + seconds, nanoseconds: state.time.nanoseconds)
        state.now = instant
    }
}
