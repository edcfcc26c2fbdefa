package import Execution
import Glibc

extension File {
    /// Makes a named pipe that only this user can use.
    package static func makePipe(_ path: String) throws(FileError) {
        guard unsafe mkfifo(path, 0o600) == 0 else {
            throw FileError(operation: "mkfifo", path: path, number: errno)
        }
    }
}
