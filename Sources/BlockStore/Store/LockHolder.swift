import Buffers
import Execution

/// Finds out which process holds the lock of a database.
enum LockHolder {
    /// The process that has a lock on a file.
    ///
    /// Opening the file and asking `fcntl` would do as well, but closing it again would drop this
    /// process's own lock on it: that is how POSIX locks work.
    ///
    /// - Parameter path: the lock file.
    /// - Returns: its number, or nil if the system does not tell.
    static func process(holding path: String) -> Int32? {
        guard let inode = (try? File.status(of: path))?.inode,
            let table = (try? File.readAll("/proc/locks", limit: 1 << 20))?.utf8Text
        else { return nil }
        // 1: POSIX  ADVISORY  WRITE 1234 fd:01:5678 0 EOF
        for line in table.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count >= 6, fields[1] == "POSIX", fields[3] == "WRITE",
                fields[5].split(separator: ":").last == Substring(String(inode))
            else { continue }
            return Int32(fields[4])
        }
        return nil
    }
}
