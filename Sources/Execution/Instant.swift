import Glibc

/// A point on the monotonic clock: nanoseconds since the machine started. Never goes back, and has
/// nothing to do with the time of day (`WallTime`).
package struct Instant: Hashable, Comparable, Sendable {
    /// Nanoseconds since the machine started.
    package let nanoseconds: UInt64

    /// A point that a test or a deadline computed.
    package init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// Reads the monotonic clock.
    package static var now: Instant {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The point that lies `duration` later.
    package func advanced(by duration: Duration) -> Instant {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
        return Instant(nanoseconds: overflow ? .max : sum)
    }

    /// How much time lies between an earlier point and this one; zero if it is not earlier.
    package func elapsed(since earlier: Instant) -> Duration {
        .nanoseconds(nanoseconds > earlier.nanoseconds ? nanoseconds - earlier.nanoseconds : 0)
    }
}

extension Duration {
    /// The length in nanoseconds; negative lengths count as zero, endless ones as the largest.
    package var wholeNanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0 else { return 0 }
        let (scaled, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflowOfSum) = scaled.addingReportingOverflow(
            UInt64(max(0, attoseconds) / 1_000_000_000))
        return overflow || overflowOfSum ? .max : sum
    }

    /// The length in seconds, for people and for metrics.
    package var inSeconds: Double { Double(wholeNanoseconds) / 1e9 }
}
