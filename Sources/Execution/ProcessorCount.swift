import Buffers
import Glibc

/// How many processors this process may use: the smaller of its affinity mask and the quota of its
/// control group, at least 1.
package enum ProcessorCount {
    /// Read once, at first use.
    package static let available: Int = max(1, min(affinity, quota ?? .max))

    /// `Cpus_allowed` in `/proc/self/status` is the affinity mask in hexadecimal words.
    private static var affinity: Int {
        let status = (try? File.readAll("/proc/self/status", limit: 1 << 16).utf8Text) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }
        let bits = (line ?? "").dropFirst("Cpus_allowed:".count).reduce(0) {
            $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0)
        }
        return bits > 0 ? bits : max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }

    /// `cpu.max` of control groups version 2: `<quota> <period>` in microseconds, or `max`.
    private static var quota: Int? {
        guard let text = try? File.readAll("/sys/fs/cgroup/cpu.max", limit: 64).utf8Text else {
            return nil
        }
        return quota(in: text)
    }

    /// Rounded up.
    ///
    /// - Parameter text: of such a file.
    static func quota(in text: String) -> Int? {
        let parts = text.split(whereSeparator: { $0 == " " || $0 == "\n" }).compactMap { Int($0) }
        guard parts.count == 2, parts[0] > 0, parts[1] > 0 else { return nil }
        return (parts[0] - 1) / parts[1] + 1
    }
}
