import Buffers
import Glibc

/// The time of day, for what people and other machines read: log lines, `Date` headers, the
/// creation times of pins. May jump; never used to measure how long something took (`Instant`).
package struct WallTime: Hashable, Comparable, Sendable {
    /// Seconds since 1970-01-01 UTC.
    package let seconds: Int64
    /// Nanoseconds within the second, 0 to 999,999,999.
    package let nanoseconds: UInt32

    /// A given time; nanoseconds of a second or more count as the last one.
    package init(seconds: Int64, nanoseconds: UInt32 = 0) {
        self.seconds = seconds
        self.nanoseconds = min(nanoseconds, 999_999_999)
    }

    /// Reads the system's clock.
    package static var now: WallTime {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(seconds: Int64(time.tv_sec), nanoseconds: UInt32(time.tv_nsec))
    }

    package static func < (left: WallTime, right: WallTime) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }

    /// RFC 3339 in UTC with milliseconds: `2026-11-21T12:34:56.789Z`. A time before year 1 or after
    /// year 9999 is shown as the nearest one that has such a form.
    package var rfc3339: String {
        RFC3339.text(seconds: seconds, nanoseconds: nanoseconds, .milliseconds)
    }
}
