/// When a wait has to end. Travels with a request as a value.
package struct Deadline: Hashable, Sendable {
    /// The point at which it passes; nil if it never does.
    package let instant: Instant?

    /// Never passes. For services that are ended in another way, not for requests.
    package static let never = Deadline(instant: nil)

    private init(instant: Instant?) { self.instant = instant }

    /// Passes at a point of the monotonic clock.
    package static func at(_ instant: Instant) -> Deadline { Deadline(instant: instant) }

    /// Passes when `duration` has gone by from now on.
    package static func after(_ duration: Duration) -> Deadline {
        Deadline(instant: Instant.now.advanced(by: duration))
    }

    /// Whether it has passed.
    package var hasPassed: Bool {
        guard let instant else { return false }
        return Instant.now >= instant
    }

    /// How much time is left; nil if it never passes, zero if it has passed.
    package var remaining: Duration? {
        guard let instant else { return nil }
        return instant.elapsed(since: .now)
    }

    /// Lets time pass until it has passed.
    package func wait() { _ = Pending<Void>().value(by: self) }

    /// One that passes so much sooner.
    package func before(by duration: Duration) -> Deadline {
        guard let instant else { return self }
        let nanoseconds = instant.nanoseconds - min(instant.nanoseconds, duration.wholeNanoseconds)
        return .at(Instant(nanoseconds: nanoseconds))
    }

    /// The one that passes first.
    package func earlier(_ other: Deadline) -> Deadline {
        guard let instant else { return other }
        guard let otherInstant = other.instant else { return self }
        return instant <= otherInstant ? self : other
    }
}
