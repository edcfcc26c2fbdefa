import Buffers
import Execution

/// Reads one file from its beginning to its end, and notices when it changes meanwhile.
final class FileReading {
    /// The size when it was opened; nothing is known about a stream.
    let expectedByteCount: UInt64
    private let file: File
    private let opened: FileStatus?
    private var readByteCount: UInt64 = 0

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - path: a link is followed.
    ///   - found: what stood at the path when it was looked at. Another file there now, such as one
    ///     behind a link that somebody has put into its place, was not what was to be added.
    /// - Throws: if another file is there.
    convenience init(_ path: some FilePath, found: FileStatus? = nil) throws {
        try self.init(try File(path, .readAtOnce), found: found)
    }

    /// Opens a file that a walk has found.
    ///
    /// - Throws: if anything else is there by now.
    convenience init(_ entry: TreeEntry) throws {
        guard let folder = entry.folder else {
            try self.init(entry.path, found: entry.status)
            return
        }
        do {
            let file = try folder.openFile(PathBytes.base(of: entry.path))
            try self.init(file, found: entry.status)
        } catch let error as FileError where error.isOfAnotherKind {
            throw AddError.replaced(entry.path.displayText)
        }
    }

    private init(_ file: File, found: FileStatus?) throws {
        self.file = file
        let status = try file.status()
        let isSame = found.map { ($0.device, $0.inode) == (status.device, status.inode) } ?? true
        guard isSame, status.kind == .file else {
            throw AddError.replaced(file.path)
        }
        let opened = try TimeStep.settle(status, of: file.path) { try file.status() }
        self.opened = opened
        expectedByteCount = opened.byteCount
    }

    /// Reads what others write: standard input or a named pipe.
    init(stream file: File) {
        self.file = file
        opened = nil
        expectedByteCount = .max
    }

    /// Waits until there is a next piece, at most for a duration. A file of a disk always has one; one
    /// of the kernel, such as `/proc/kmsg`, may have none for as long as a pipe.
    func isReady(within duration: Duration?) throws -> Bool {
        try file.isReadable(within: duration)
    }

    /// The next piece; empty at the end.
    func next() throws -> Bytes {
        // A named pipe that nobody has opened yet would look like one that has ended.
        _ = try isReady(within: nil)
        // The files of /proc say that they are empty; so does an empty file: both end with a read
        // that gives nothing.
        let left = expectedByteCount == 0 ? .max : expectedByteCount - readByteCount
        guard left > 0 else {
            try checkUnchanged()
            return .empty
        }
        let piece = try file.read(upTo: Int(min(left, UInt64(Limits.uploadPieceByteCount))))
        readByteCount += UInt64(piece.count)
        if piece.isEmpty { try checkUnchanged() }
        return piece
    }

    private func checkUnchanged() throws {
        guard let opened else { return }
        let now = try file.status()
        let isWhole = expectedByteCount == 0 || readByteCount == expectedByteCount
        guard isWhole, now.byteCount == opened.byteCount, now.modified == opened.modified,
            now.statusChanged == opened.statusChanged
        else {
            throw AddError(
                "\(file.path) changed while it was read (\(readByteCount) bytes read, "
                    + "\(opened.byteCount) expected, \(now.byteCount) now): nothing was pinned;"
                    + " add it again when nobody writes to it")
        }
    }
}
