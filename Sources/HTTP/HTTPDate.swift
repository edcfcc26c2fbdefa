import Buffers

/// A point in time with the precision of HTTP: one second.
///
/// - Spec: RFC 9110, 5.6.7: one form is written, three are read.
package struct HTTPDate: Sendable, Hashable, CustomStringConvertible {
    /// Seconds since 1970-01-01 UTC.
    package let seconds: Int64

    package init(seconds: Int64) { self.seconds = seconds }

    private static let dayNames = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]

    /// The form that is sent: `Sun, 06 Nov 1994 08:49:37 GMT`. It has four digits for the year, so
    /// that a time before year 1 or after year 9999 is shown as the first or last second of those.
    package var description: String {
        let (date, days, second) = CivilDate.nearest(seconds: seconds)
        let weekday = Self.dayNames[CivilDate.weekday(ofDay: days)]
        let month = CivilDate.monthNames[date.month - 1]
        return "\(weekday), \(RFC3339.padded(date.day, 2)) \(month) "
            + "\(RFC3339.padded(date.year, 4)) \(RFC3339.clock(second)) GMT"
    }

    /// Reads any of the three forms; nil for everything else.
    package init?(parsing text: String) {
        // All forms are words of letters and digits between blanks, commas, dashes and colons.
        let words = text.utf8.split { byte in
            byte == UInt8(ascii: " ") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: ":")
        }.map { String(Substring($0)) }
        if words.count == 8, words[7] == "GMT", words[1].utf8.count == 2 {
            self.init(day: words[1], month: words[2], year: words[3], time: words[4...6])
        } else if words.count == 7 {
            self.init(day: words[2], month: words[1], year: words[6], time: words[3...5])
        } else {
            return nil
        }
    }

    private init?(day: String, month: String, year: String, time: ArraySlice<String>) {
        // The number types would take a sign.
        guard (time + [day, year]).allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } })
        else { return nil }
        let parts = time.compactMap { UInt8($0) }.map(Int64.init)
        guard parts.count == 3, parts[0] < 24, parts[1] < 60, parts[2] <= 60,
            let monthIndex = CivilDate.monthNames.firstIndex(of: month),
            let dayNumber = UInt8(day), (1...31).contains(dayNumber),
            let yearNumber = Self.year(year)
        else { return nil }
        let days = CivilDate.days(year: yearNumber, month: monthIndex + 1, day: Int(dayNumber))
        seconds = days * CivilDate.daySeconds + parts[0] * 3_600 + parts[1] * 60 + parts[2]
        // The year 0 and a leap second at the end of the year 9999 have no form to be sent in.
        guard CivilDate.seconds.contains(seconds) else { return nil }
    }

    /// Four digits, or the two of RFC 850: they count as 1970 to 2069.
    private static func year(_ text: String) -> Int? {
        guard let number = UInt16(text) else { return nil }
        switch text.utf8.count {
        case 4: return Int(number)
        case 2: return Int(number) + (number < 70 ? 2000 : 1900)
        default: return nil
        }
    }
}
