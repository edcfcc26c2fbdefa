import Buffers
import UnixFS

/// Times as Go writes them in JSON.
enum RFC3339 {
    /// A time in UTC, with as many digits of the second as it needs.
    static func text(_ time: ModificationTime) -> String {
        let (date, _, second) = CivilDate.nearest(seconds: time.seconds)
        var text =
            pad(date.year, 4) + "-" + pad(date.month, 2) + "-" + pad(date.day, 2) + "T"
            + pad(second / 3600, 2) + ":" + pad(second / 60 % 60, 2) + ":" + pad(second % 60, 2)
        if time.nanoseconds != 0 {
            var digits = pad(Int(time.nanoseconds), 9)
            while digits.hasSuffix("0") { digits.removeLast() }
            text += "." + digits
        }
        return text + "Z"
    }

    private static func pad(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
