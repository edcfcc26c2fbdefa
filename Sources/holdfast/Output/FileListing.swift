import Buffers
import Execution

/// Modes and times as `ls -l` writes them.
enum FileListing {
    /// `-rw-r--r--` from Go's mode bits.
    ///
    /// - Parameter mode: permissions in the low nine bits; Go keeps the kind and setuid, setgid and
    ///   sticky in high ones.
    static func mode(_ mode: UInt64) -> String {
        let isFolder = mode & 1 << 31 != 0
        let isLink = mode & 1 << 27 != 0
        var text = isFolder ? "d" : isLink ? "l" : "-"
        for (shift, special, letter) in [
            (6, UInt64(1) << 23, "s"), (3, 1 << 22, "s"), (0, 1 << 20, "t"),
        ] {
            let bits = mode >> UInt64(shift) & 7
            text += bits & 4 != 0 ? "r" : "-"
            text += bits & 2 != 0 ? "w" : "-"
            let isExecutable = bits & 1 != 0
            if mode & special != 0 {
                text += isExecutable ? letter : letter.uppercased()
            } else {
                text += isExecutable ? "x" : "-"
            }
        }
        return text
    }

    /// `Jan 02 15:04` within the last six months, `Jan 02  2006` otherwise; `-` for no time.
    ///
    /// - Parameters:
    ///   - text: RFC 3339 in UTC.
    ///   - now: what counts as recent.
    static func time(_ text: String, now: WallTime) -> String {
        guard !text.hasPrefix("0001-01-01T00:00:00"), text.count >= 19,
            let month = Int(text.dropFirst(5).prefix(2)), (1...12).contains(month)
        else { return "-" }
        let day = text.dropFirst(8).prefix(2)
        let past = WallTime(seconds: now.seconds - 182 * CivilDate.daySeconds).rfc3339
        let future = WallTime(seconds: now.seconds + CivilDate.daySeconds).rfc3339
        let isRecent = text > past && text < future
        let tail = isRecent ? text.dropFirst(11).prefix(5) : " " + text.prefix(4)
        return "\(CivilDate.monthNames[month - 1]) \(day) \(tail)"
    }
}
