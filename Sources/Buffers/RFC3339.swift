/// Times in UTC as RFC 3339 has them: `2026-11-21T12:34:56.789Z`.
package enum RFC3339 {
    /// How many digits of the second there are behind the point.
    package enum Fraction: Sendable {
        /// Three.
        case milliseconds
        /// As many as it needs, up to nine, and no point where it needs none: as Go writes them.
        case asNeeded
    }

    /// The text of a time. One before year 1 or after year 9999 is shown as the nearest second that has
    /// such a form.
    ///
    /// - Parameters:
    ///   - seconds: since 1970-01-01T00:00:00Z, any number.
    ///   - nanoseconds: within the second.
    package static func text(seconds: Int64, nanoseconds: UInt32, _ fraction: Fraction) -> String {
        let (date, _, second) = CivilDate.nearest(seconds: seconds)
        let day = "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
        return day + "T" + clock(second) + digits(of: nanoseconds, fraction) + "Z"
    }

    /// `12:34:56`.
    ///
    /// - Parameter second: of the day.
    package static func clock(_ second: Int) -> String {
        "\(padded(second / 3_600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
    }

    /// A number with zeros in front of it.
    ///
    /// - Parameters:
    ///   - number: not negative.
    ///   - width: digits that there are at least.
    package static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    private static func digits(of nanoseconds: UInt32, _ fraction: Fraction) -> String {
        switch fraction {
        case .milliseconds: return "." + padded(Int(nanoseconds / 1_000_000), 3)
        case .asNeeded:
            guard nanoseconds != 0 else { return "" }
            var digits = padded(Int(nanoseconds), 9)
            while digits.utf8.last == UInt8(ascii: "0") { digits.removeLast() }
            return "." + digits
        }
    }
}
