/// A point in time with the precision of HTTP: one second.
///
/// - Spec: RFC 9110, 5.6.7: one form is written, three are read.
package struct HTTPDate: Sendable, Hashable, CustomStringConvertible {
    /// Seconds since 1970-01-01 UTC.
    package let seconds: Int64

    package init(seconds: Int64) { self.seconds = seconds }

    private static let dayNames = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let monthNames = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The first second of the year 10000.
    private static let end: Int64 = 253_402_300_800

    /// The form that is sent: `Sun, 06 Nov 1994 08:49:37 GMT`.
    package var description: String {
        let days = (seconds - Self.floorModulo(seconds, 86_400)) / 86_400
        let second = Self.floorModulo(seconds, 86_400)
        let (year, month, day) = Self.civil(fromDays: days)
        let weekday = Int(Self.floorModulo(days + 4, 7))
        return "\(Self.dayNames[weekday]), \(Self.two(day)) \(Self.monthNames[month - 1]) "
            + Self.two(Int(year / 100)) + Self.two(Int(year % 100))
            + " \(Self.two(Int(second / 3_600))):\(Self.two(Int(second / 60 % 60)))"
            + ":\(Self.two(Int(second % 60))) GMT"
    }

    /// Reads any of the three forms; nil for everything else.
    package init?(parsing text: String) {
        // All forms are words of letters and digits between blanks, commas, dashes and colons.
        let words = text.utf8.split { byte in
            byte == UInt8(ascii: " ") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: ":")
        }.map { String(Substring($0)) }
        if words.count == 8, words[7] == "GMT" {
            self.init(day: words[1], month: words[2], year: words[3], time: words[4...6])
        } else if words.count == 7 {
            self.init(day: words[2], month: words[1], year: words[6], time: words[3...5])
        } else {
            return nil
        }
    }

    private init?(day: String, month: String, year: String, time: ArraySlice<String>) {
        let parts = time.compactMap { UInt8($0) }.map(Int64.init)
        guard parts.count == 3, parts[0] < 24, parts[1] < 60, parts[2] <= 60,
            let monthIndex = Self.monthNames.firstIndex(of: month),
            let dayNumber = UInt8(day), (1...31).contains(dayNumber),
            let yearNumber = Self.year(year)
        else { return nil }
        let days = Self.days(year: yearNumber, month: monthIndex + 1, day: Int(dayNumber))
        seconds = days * 86_400 + parts[0] * 3_600 + parts[1] * 60 + parts[2]
        // A leap second at the end of the year 9999 has no form that could be sent.
        guard seconds < Self.end else { return nil }
    }

    /// Four digits, or the two of RFC 850: they count as 1970 to 2069.
    private static func year(_ text: String) -> Int64? {
        guard let number = UInt16(text) else { return nil }
        switch text.utf8.count {
        case 4: return Int64(number)
        case 2: return Int64(number) + (number < 70 ? 2000 : 1900)
        default: return nil
        }
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func floorModulo(_ value: Int64, _ modulus: Int64) -> Int64 {
        let rest = value % modulus
        return rest < 0 ? rest + modulus : rest
    }

    /// Days since 1970-01-01 in the Gregorian calendar; years are counted from March, so that the
    /// leap day is the last of its year.
    private static func days(year: Int64, month: Int, day: Int) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1)
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func civil(fromDays days: Int64) -> (year: Int64, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = Int(marchMonth < 10 ? marchMonth + 3 : marchMonth - 9)
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, Int(dayOfYear - (153 * marchMonth + 2) / 5 + 1))
    }
}
