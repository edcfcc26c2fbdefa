package import Buffers
import Glibc

/// A path of the file system: bytes without a NUL. `Bytes` are a path as it is; a `String`, of the
/// program's own paths, stands for its UTF-8.
package protocol FilePath: Sendable {
    /// The path as the system takes it.
    var pathBytes: Bytes { get }
}

extension Bytes: FilePath {
    package var pathBytes: Bytes { self }
}

extension String: FilePath {
    package var pathBytes: Bytes { Bytes(utf8: self) }
}

extension FilePath {
    /// The path for a call into C.
    ///
    /// - Parameter operation: the call, for the error.
    /// - Throws: EINVAL for a path with a NUL, which C would cut there.
    func cString(for operation: String) throws(FileError) -> [CChar] {
        let bytes = pathBytes
        guard !bytes.contains(0) else {
            throw FileError(operation: operation, path: bytes.displayText, number: EINVAL)
        }
        return bytes.array.map { CChar(bitPattern: $0) } + [0]
    }
}
