import Glibc

/// The time of day, for what people and other machines read: log lines, `Date` headers, the
/// creation times of pins. May jump; never used to measure how long something took (`Instant`).
package struct WallTime: Hashable, Comparable, Sendable {
    /// Seconds since 1970-01-01 UTC.
    package let seconds: Int64
    /// Nanoseconds within the second, 0 to 999,999,999.
    package let nanoseconds: UInt32

    /// A given time.
    package init(seconds: Int64, nanoseconds: UInt32 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
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

    /// RFC 3339 in UTC with milliseconds: `2026-11-21T12:34:56.789Z`.
    package var rfc3339: String {
        let (year, month, day) = Self.civilDate(
            fromDays: Int64((Double(seconds) / 86_400).rounded(.down)))
        let second = Int(((seconds % 86_400) + 86_400) % 86_400)
        return "\(Self.padded(Int(year), 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
            + "T\(Self.padded(second / 3_600, 2)):\(Self.padded(second / 60 % 60, 2))"
            + ":\(Self.padded(second % 60, 2)).\(Self.padded(Int(nanoseconds / 1_000_000), 3))Z"
    }

    /// Year, month and day of a count of days since 1970-01-01 in the proleptic Gregorian calendar.
    ///
    /// - Parameter days: may be negative.
    /// - Returns: month 1 to 12, day 1 to 31.
    package static func civilDate(fromDays days: Int64) -> (year: Int64, month: Int, day: Int) {
        // Years are counted from March, so that the leap day is the last day of a year; an era is
        // the 400 years after which the calendar repeats (146,097 days).
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = Int(dayOfYear - (153 * marchMonth + 2) / 5 + 1)
        let month = Int(marchMonth < 10 ? marchMonth + 3 : marchMonth - 9)
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
