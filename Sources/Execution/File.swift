package import Buffers
package import Glibc

/// An open file. Owned by one thread at a time; closed by `close` or with its last reference.
///
/// `@unchecked Sendable` because the descriptor is the only state: positioned reads and writes need
/// no lock, and `close` is called by the one owner.
package final class File: @unchecked Sendable {
    /// What a file is opened for.
    package enum Mode: Sendable {
        /// Reading only; the file must be there.
        case read
        /// The same for what should be a file: a pipe in its place does not make it wait.
        case readAtOnce
        /// Reading and writing; made (0600) if it is not there.
        case readWrite
        /// Writing from the start; made (0600) or emptied.
        case replace
        /// Writing at the end; made (0600) if it is not there.
        case append
        /// Reading and writing; it must not be there yet.
        case createNew

        var flags: Int32 {
            switch self {
            case .read: O_RDONLY
            case .readAtOnce: O_RDONLY | O_NONBLOCK
            case .readWrite: O_RDWR | O_CREAT
            case .replace: O_WRONLY | O_CREAT | O_TRUNC
            case .append: O_WRONLY | O_CREAT | O_APPEND
            case .createNew: O_RDWR | O_CREAT | O_EXCL
            }
        }
    }

    /// The path it was opened by, for messages.
    package let path: String
    private(set) var descriptor: Int32

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - path: absolute, or relative to the working folder.
    ///   - mode: what for.
    ///   - permissions: of a file that is made.
    package init(
        _ path: some FilePath, _ mode: Mode, permissions: mode_t = 0o600
    ) throws(FileError) {
        let text = try path.cString(for: "open")
        let shown = path.pathBytes.displayText
        self.path = shown
        descriptor = try File.retrying("open", shown) {
            unsafe open(text, mode.flags | O_CLOEXEC, permissions)
        }
    }

    /// Takes over an open descriptor, such as standard input.
    ///
    /// - Parameters:
    ///   - descriptor: closed by this object.
    ///   - name: what errors call it.
    package init(descriptor: Int32, name: String) {
        self.descriptor = descriptor
        path = name
    }

    /// Writes to, or reads from, what is open already: at the same place of it.
    ///
    /// - Parameters:
    ///   - descriptor: stays open.
    ///   - name: what errors call it.
    package init(duplicating descriptor: Int32, name: String) throws(FileError) {
        path = name
        self.descriptor = try File.retrying("open", name) {
            fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        }
    }

    deinit { close() }

    /// Closes it, whatever became of what was written; again is harmless.
    package func close() {
        guard descriptor >= 0 else { return }
        _ = Glibc.close(descriptor)
        descriptor = -1
    }

    /// Closes what was written; again is harmless.
    ///
    /// - Throws: what some file systems, such as NFS, tell only here: that there was no room for it.
    ///   The descriptor is gone all the same.
    package func finish() throws(FileError) {
        guard descriptor >= 0 else { return }
        let result = Glibc.close(descriptor)
        let number = errno
        descriptor = -1
        guard result == 0 else { throw FileError(operation: "close", path: path, number: number) }
    }

    /// Asks for what `finish()` would tell, and leaves the file open.
    package func checkWritten() throws(FileError) {
        try File(duplicating: descriptor, name: path).finish()
    }

    /// Reads on from the current position.
    ///
    /// - Parameter limit: most bytes wanted.
    /// - Returns: at least one byte, or nothing at the end.
    /// - Blocking: until a stream has something, also one that others have set not to block.
    package func read(upTo limit: Int) throws(FileError) -> Bytes {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(limit, 1), alignment: 4096)
        do throws(FileError) {
            let count = try waiting("read", for: POLLIN) {
                unsafe Int32(clamping: Glibc.read(descriptor, memory, limit))
            }
            return unsafe Bytes(adopting: memory, count: Int(count)) { unsafe $0.deallocate() }
        } catch {
            unsafe memory.deallocate()
            throw error
        }
    }

    /// Waits until a read has no need to.
    ///
    /// - Parameter duration: the longest wait; nil for as long as it takes.
    /// - Returns: whether there is something to read, or the end: of a file always. Also what is only
    ///   open for writing, where a wait would not end: the read tells.
    package func isReadable(within duration: Duration?) throws(FileError) -> Bool {
        if fcntl(descriptor, F_GETFL) & O_ACCMODE == O_WRONLY { return true }
        let milliseconds = duration.map { Int32(clamping: $0.wholeNanoseconds / 1_000_000) }
        return try isReady(for: POLLIN, milliseconds: milliseconds ?? -1)
    }

    /// Reads until `count` bytes are there or the file ends.
    ///
    /// - Parameter count: bytes wanted, at most 2 GiB.
    /// - Returns: fewer only at the end of the file.
    package func readFully(_ count: Int) throws(FileError) -> Bytes {
        try unsafe fill(count) { memory, rest, _ in unsafe Glibc.read(descriptor, memory, rest) }
    }

    /// Reads at a position without moving the current one.
    ///
    /// - Parameters:
    ///   - offset: from the start of the file.
    ///   - count: most bytes wanted.
    /// - Returns: fewer than `count` only at the end of the file.
    package func read(at offset: UInt64, count: Int) throws(FileError) -> Bytes {
        try unsafe fill(count) { memory, rest, filled in
            unsafe pread(descriptor, memory, rest, off_t(offset) + off_t(filled))
        }
    }

    /// Reads until `count` bytes are there or the file ends.
    ///
    /// - Parameter read: gets where the next bytes go, how many are missing, and how many there are.
    private func fill(
        _ count: Int, _ read: (UnsafeMutableRawPointer, Int, Int) -> Int
    ) throws(FileError) -> Bytes {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1), alignment: 4096)
        var filled = 0
        do throws(FileError) {
            while filled < count {
                let more = try waiting("read", for: POLLIN) {
                    unsafe Int32(
                        clamping: read(memory.advanced(by: filled), count - filled, filled))
                }
                if more == 0 { break }
                filled += Int(more)
            }
            return unsafe Bytes(adopting: memory, count: filled) { unsafe $0.deallocate() }
        } catch {
            unsafe memory.deallocate()
            throw error
        }
    }

    /// Writes all bytes at the current position.
    ///
    /// - Blocking: until a stream has room, also one that others have set not to block.
    package func write(_ bytes: Bytes) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let rest = bytes.dropFirst(done)
            let count = try waiting("write", for: POLLOUT) {
                unsafe rest.withUnsafeBytes {
                    unsafe Int32(clamping: Glibc.write(descriptor, $0.baseAddress, $0.count))
                }
            }
            done += Int(count)
        }
    }

    /// Returns once the file's contents are on disk.
    package func sync() throws(FileError) {
        _ = try File.retrying("sync", path) { fsync(descriptor) }
    }

    /// How an advisory lock is held.
    package enum Lock: Sendable {
        /// By nobody else.
        case alone
        /// By others too, but by nobody alone.
        case shared

        var flags: Int32 {
            switch self {
            case .alone: LOCK_EX | LOCK_NB
            case .shared: LOCK_SH | LOCK_NB
            }
        }
    }

    /// Takes the advisory lock of the file, if others let it.
    ///
    /// - Parameter lock: who only looks whether somebody holds it alone takes it shared: then those
    ///   who look do not find each other.
    /// - Returns: whether it was taken; it is held until the file is closed.
    package func tryLock(_ lock: Lock = .alone) throws(FileError) -> Bool {
        while flock(descriptor, lock.flags) != 0 {
            if errno == EWOULDBLOCK { return false }
            if errno != EINTR { throw FileError(operation: "lock", path: path, number: errno) }
        }
        return true
    }

    /// Takes the lock of the whole file that `fcntl` knows, if no other process has it: the one of LevelDB.
    ///
    /// - Returns: whether it was taken. It is given back as soon as this process closes the file anywhere: not
    ///   for a file that it has open and locked otherwise.
    package func tryRecordLock() throws(FileError) -> Bool {
        var range = Glibc.flock()
        (range.l_type, range.l_whence) = (Int16(F_WRLCK), Int16(SEEK_SET))
        while unsafe fcntl(descriptor, F_SETLK, &range) < 0 {
            if errno == EACCES || errno == EAGAIN { return false }
            if errno != EINTR { throw FileError(operation: "lock", path: path, number: errno) }
        }
        return true
    }

    /// Cuts the file to a length.
    package func truncate(to byteCount: UInt64) throws(FileError) {
        _ = try File.retrying("truncate", path) { ftruncate(descriptor, off_t(byteCount)) }
    }

    /// Sets the time of the last change.
    package func setModified(_ time: WallTime) throws(FileError) {
        let times = time.bothStamps
        _ = try File.retrying("utimes", path) { unsafe futimens(descriptor, times) }
    }

    /// What the system knows about the open file.
    package func status() throws(FileError) -> FileStatus {
        var raw = stat()
        _ = try File.retrying("stat", path) { unsafe fstat(descriptor, &raw) }
        return FileStatus(raw)
    }

    /// Whether it is a terminal.
    package var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Calls until the call does not say that it would have to wait. Not to block is a property of
    /// what is open and not of a descriptor: whoever shares standard input or output may have set it.
    private func waiting(
        _ operation: String, for event: Int32, _ call: () -> Int32
    ) throws(FileError) -> Int32 {
        while true {
            do throws(FileError) {
                return try File.retrying(operation, path, call)
            } catch  where error.number == EAGAIN {
                _ = try isReady(for: event, milliseconds: -1)
            }
        }
    }

    private func isReady(for event: Int32, milliseconds: Int32) throws(FileError) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(event), revents: 0)
        return try File.retrying("wait for", path) { unsafe poll(&entry, 1, milliseconds) } > 0
    }

    /// Calls until the call is not interrupted by a signal, and reads `errno` at once.
    static func retrying(
        _ operation: String, _ path: String, _ call: () -> Int32
    ) throws(FileError) -> Int32 {
        while true {
            let result = call()
            if result >= 0 { return result }
            let number = errno
            guard number == EINTR else {
                throw FileError(operation: operation, path: path, number: number)
            }
        }
    }
}
