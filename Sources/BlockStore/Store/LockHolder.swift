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
        guard let status = try? File.status(of: path),
            let table = (try? File.readAll("/proc/locks", limit: 1 << 20))?.utf8Text
        else { return nil }
        // 1: POSIX  ADVISORY  WRITE 1234 fd:01:5678 0 EOF
        for line in table.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count >= 6, fields[1] == "POSIX", fields[3] == "WRITE",
                isOf(status, fields[5])
            else { continue }
            return Int32(fields[4])
        }
        return nil
    }

    /// Whether `fd:01:5678` is the device, in hexadecimal, and the inode of a file: files of two file systems
    /// can have the same inode.
    private static func isOf(_ status: FileStatus, _ place: Substring) -> Bool {
        let parts = place.split(separator: ":")
        guard parts.count == 3, let major = UInt64(parts[0], radix: 16),
            let minor = UInt64(parts[1], radix: 16)
        else { return false }
        let device = (
            status.device >> 8 & 0xFFF, status.device & 0xFF | status.device >> 12 & 0xFFF00
        )
        return device == (major, minor) && parts[2] == Substring(String(status.inode))
    }
}
