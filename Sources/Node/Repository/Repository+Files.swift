import Buffers
import Execution

/// The small files of a repository: short texts and keys, and nothing that is waited for.
extension Repository {
    /// Reads a whole file of a repository.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - limit: most bytes; a longer file is the error EFBIG.
    /// - Returns: its contents.
    /// - Throws: also for what is no file. A pipe would keep the command for ever.
    static func contents(
        _ path: String, limit: Int = Limits.smallFileByteCountMax
    ) throws -> Bytes {
        guard let file = try openPlain(path) else {
            throw RepositoryError(
                .damaged, "\(path) is no plain file: remove it, or put a file in its place")
        }
        return try file.readAll(limit: limit)
    }

    /// Opens a file for reading.
    ///
    /// - Returns: nil for a folder, a pipe or a device.
    static func openPlain(_ path: String) throws(FileError) -> File? {
        let file = try File(path, .readAtOnce)
        return try file.status().kind == .file ? file : nil
    }
}
