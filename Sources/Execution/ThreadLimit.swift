import Buffers
import Glibc

/// How many threads the system lets a process have, as far as it tells: the limit of its user, and
/// those of the control groups that it is in (systemd's `TasksMax=`, a container's limit of processes).
package enum ThreadLimit {
    /// The smallest limit; nil where there is none.
    ///
    /// What others of the same user or group have already is not known here.
    package static var current: Int? {
        let groups = (try? File.readAll("/proc/self/cgroup", limit: 64 << 10))?.utf8Text ?? ""
        let files = groupFiles(in: groups)
        let numbers = files.compactMap { path -> Int? in
            (try? File.readAll(path, limit: 64))?.utf8Text.flatMap(number)
        }
        return (numbers + [ofUser].compactMap { $0 }).min()
    }

    /// Of the user; the superuser has none.
    private static var ofUser: Int? {
        var limit = rlimit()
        // RLIMIT_NPROC, which glibc's module does not have.
        let resource = __rlimit_resource_t(6)
        guard geteuid() != 0, unsafe getrlimit(resource, &limit) == 0,
            limit.rlim_cur != .max
        else { return nil }
        return Int(clamping: limit.rlim_cur)
    }

    /// The files with the limits of a process's groups and of all groups above them.
    ///
    /// - Parameter text: of `/proc/self/cgroup`; lines of `number:controllers:path`.
    /// - Spec: cgroups(7).
    static func groupFiles(in text: String) -> [String] {
        var result: [String] = []
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, parts[2].first == "/" else { continue }
            let root: String
            if parts[0] == "0", parts[1].isEmpty {
                root = "/sys/fs/cgroup"
            } else if parts[1].split(separator: ",").contains("pids") {
                root = "/sys/fs/cgroup/pids"
            } else {
                continue
            }
            var path = root
            result.append(path + "/pids.max")
            for name in parts[2].split(separator: "/") {
                path += "/" + name
                result.append(path + "/pids.max")
            }
        }
        return result
    }

    /// The number in such a file; nil for `max`.
    static func number(_ text: String) -> Int? {
        Int(text.prefix { $0.isASCII && $0.isNumber })
    }
}
