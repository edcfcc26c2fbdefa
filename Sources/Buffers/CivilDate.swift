/// A day of the Gregorian calendar, reckoned back beyond its introduction, between the years 1 and
/// 9999: those that the forms of HTTP, RFC 3339 and Go have four digits for.
package struct CivilDate: Hashable, Sendable {
    /// 1 to 9999.
    package let year: Int
    /// 1 to 12.
    package let month: Int
    /// 1 to 31.
    package let day: Int

    /// The seconds since 1970-01-01T00:00:00Z that have a date: 0001-01-01T00:00:00Z to
    /// 9999-12-31T23:59:59Z.
    package static let seconds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// Seconds of a day.
    package static let daySeconds: Int64 = 86_400

    /// The months as mails, HTTP and `ls` write them.
    package static let monthNames = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The date of a count of days since 1970-01-01.
    ///
    /// - Parameter days: may be negative; nil for a date outside of the years.
    package init?(days: Int64) {
        let bounds = Self.seconds
        guard days >= bounds.lowerBound / Self.daySeconds,
            days <= bounds.upperBound / Self.daySeconds
        else { return nil }
        // Years are counted from March, so that the leap day is the last day of a year; an era is
        // the 400 years after which the calendar repeats (146,097 days). From year 1 on it is not
        // negative.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = Int(dayOfYear - (153 * marchMonth + 2) / 5 + 1)
        month = Int(marchMonth < 10 ? marchMonth + 3 : marchMonth - 9)
        year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
    }

    /// Days since 1970-01-01 of a date.
    ///
    /// - Parameters:
    ///   - year: 0 to 9999.
    ///   - month: 1 to 12.
    ///   - day: 1 to 31; one behind the month's end is a day of the next month.
    package static func days(year: Int, month: Int, day: Int) -> Int64 {
        let shiftedYear = Int64(month <= 2 ? year - 1 : year)
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1)
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// A point in time as a date and the second of its day; one outside of the years is moved to
    /// the nearest second that has a date.
    ///
    /// - Parameter seconds: since 1970-01-01T00:00:00Z, any number.
    package static func nearest(
        seconds: Int64
    ) -> (date: CivilDate, days: Int64, second: Int) {
        let bounded = max(Self.seconds.lowerBound, min(seconds, Self.seconds.upperBound))
        let rest = bounded % daySeconds
        let second = rest < 0 ? rest + daySeconds : rest
        let days = (bounded - second) / daySeconds
        return (CivilDate(days: days) ?? .epoch, days, Int(second))
    }

    /// The day of the week of a count of days since 1970-01-01.
    ///
    /// - Parameter days: what `nearest` gives.
    /// - Returns: 0 for Sunday to 6 for Saturday.
    package static func weekday(ofDay days: Int64) -> Int {
        // Day 0 was a Thursday, and year 1 began less than 200,000 weeks before it.
        Int((days + 4 + 7 * 200_000) % 7)
    }

    private static let epoch = CivilDate(year: 1970, month: 1, day: 1)

    private init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }
}
