package import Execution
import Glibc

extension File {
    /// Gives an entry to another user, a symbolic link itself; only root can.
    package static func setOwner(_ path: String, _ user: UInt32) throws(FileError) {
        guard unsafe lchown(path, user, user) == 0 else {
            throw FileError(operation: "chown", path: path, number: errno)
        }
    }
}
