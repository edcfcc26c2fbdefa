package import Buffers
package import Glibc

/// What is done to paths rather than to open files.
extension File {
    /// Reads a whole file.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - limit: most bytes; a longer file is the error EFBIG.
    /// - Returns: its contents.
    package static func readAll(_ path: some FilePath, limit: Int) throws(FileError) -> Bytes {
        try File(path, .read).readAll(limit: limit)
    }

    /// Reads the rest of the file.
    ///
    /// - Parameter limit: most bytes; a longer file is the error EFBIG.
    /// - Returns: its contents.
    package func readAll(limit: Int) throws(FileError) -> Bytes {
        let contents = try readFully(limit + 1)
        guard contents.count <= limit else {
            throw FileError(operation: "read", path: path, number: EFBIG)
        }
        return contents
    }

    /// Replaces a file in one step: a new file is written and synced beside it, renamed over it, and
    /// the folder is synced. After a crash either the old or the new contents are there.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - contents: all of them.
    ///   - permissions: of the new file.
    package static func replace(
        _ path: String, with contents: Bytes, permissions: mode_t = 0o600
    ) throws(FileError) {
        let (temporary, file) = try makeTemporary(beside: path, contents, permissions)
        file.close()
        try rename(temporary, to: path)
        try syncFolder(folder(of: path))
    }

    /// Replaces a file as `replace` does, with one whose lock this process holds from its first moment:
    /// who finds it locked knows that its writer lives, and nobody finds it before it is.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - contents: all of them.
    /// - Returns: the file; with it the lock ends.
    package static func replaceLocked(
        _ path: String, with contents: Bytes
    ) throws(FileError) -> File {
        let (temporary, file) = try makeTemporary(beside: path, contents, 0o600)
        guard try file.tryLock() else {
            throw FileError(operation: "lock", path: temporary, number: EWOULDBLOCK)
        }
        try rename(temporary, to: path)
        try syncFolder(folder(of: path))
        return file
    }

    /// Makes a file in one step, as `replace` does, and never in the place of another.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - contents: all of them.
    /// - Throws: EEXIST when something is at the path.
    package static func make(_ path: String, with contents: Bytes) throws(FileError) {
        let (temporary, file) = try makeTemporary(beside: path, contents, 0o600)
        file.close()
        defer { try? remove(temporary) }
        let (from, to) = (try temporary.cString(for: "link"), try path.cString(for: "link"))
        do throws(FileError) {
            _ = try retrying("link", path) { unsafe Glibc.link(from, to) }
        } catch  where error.isWithoutLinks {
            if try exists(path) {
                throw FileError(operation: "make", path: path, number: EEXIST)
            }
            try rename(temporary, to: path)
        }
        try syncFolder(folder(of: path))
    }

    /// One name is enough: whoever writes to a folder holds its lock, and the next one to write finds
    /// what a process left that was killed.
    private static func makeTemporary(
        beside path: String, _ contents: Bytes, _ permissions: mode_t
    ) throws(FileError) -> (path: String, file: File) {
        let temporary = path + ".new"
        // One that is there was left by a process that was killed, or is somebody's link.
        try removeIfThere(temporary)
        let file = try File(temporary, .createNew, permissions: permissions)
        try file.write(contents)
        try file.sync()
        return (temporary, file)
    }

    /// Renames an entry, replacing what stood at the target.
    package static func rename(_ path: String, to target: String) throws(FileError) {
        let (from, to) = (try path.cString(for: "rename"), try target.cString(for: "rename"))
        _ = try retrying("rename", path) { unsafe Glibc.rename(from, to) }
    }

    /// Removes a file or a symbolic link.
    package static func remove(_ path: some FilePath) throws(FileError) {
        let text = try path.cString(for: "remove")
        _ = try retrying("remove", path.pathBytes.displayText) { unsafe unlink(text) }
    }

    /// Removes a file or a link where there is one.
    ///
    /// - Returns: whether there was.
    @discardableResult
    package static func removeIfThere(_ path: some FilePath) throws(FileError) -> Bool {
        do throws(FileError) {
            try remove(path)
            return true
        } catch  where error.isAbsence {
            return false
        }
    }

    /// Removes an empty folder.
    package static func removeFolder(_ path: some FilePath) throws(FileError) {
        let text = try path.cString(for: "remove")
        _ = try retrying("remove", path.pathBytes.displayText) { unsafe rmdir(text) }
    }

    /// Removes an entry and everything below it; symbolic links are not followed.
    ///
    /// What is not there, or somebody else removes meanwhile, is no error.
    package static func removeTree(_ path: some FilePath) throws(FileError) {
        do throws(FileError) {
            guard try status(of: path).kind == .folder else { return try remove(path) }
            for name in try rawNames(in: path) {
                try removeTree([path.pathBytes, name].joined(separator: "/"))
            }
            try removeFolder(path)
        } catch  where error.isAbsence {
            // Each step is the last one for what it names.
        }
    }

    /// Makes a folder, and those above it that are missing.
    ///
    /// - Parameters:
    ///   - path: may be there already.
    ///   - permissions: of folders that are made.
    package static func makeFolder(
        _ path: some FilePath, permissions: mode_t = 0o700
    ) throws(FileError) {
        let text = try path.cString(for: "mkdir")
        if unsafe mkdir(text, permissions) == 0 { return }
        let number = errno
        let parent = folder(of: path.pathBytes)
        // A parent that is there already is no reason to try again: `/proc` refuses for good.
        if number == ENOENT, parent != path.pathBytes, try !exists(parent) {
            try makeFolder(parent, permissions: permissions)
            return try makeFolder(path, permissions: permissions)
        }
        // Following a link here is wanted: the home of a node may be a link to a larger disk.
        if number == EEXIST, try status(of: path, followingLinks: true).kind == .folder { return }
        throw FileError(operation: "mkdir", path: path.pathBytes.displayText, number: number)
    }

    /// Makes a new empty folder that only this user can enter, in the system's place for such.
    ///
    /// - Parameter prefix: start of its name.
    /// - Returns: its path.
    package static func makeTemporaryFolder(prefix: String) throws(FileError) -> String {
        let base = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/\(prefix)XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            throw FileError(operation: "mkdir", path: base, number: errno)
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The names in a folder that the program made itself, in byte order, without `.` and `..`.
    ///
    /// - Parameter path: the folder.
    /// - Returns: names as text; one that is not UTF-8 has U+FFFD in it and cannot be opened.
    package static func names(in path: String) throws(FileError) -> [String] {
        try rawNames(in: path).map(\.displayText)
    }

    /// The names in a folder as bytes, in byte order, without `.` and `..`.
    ///
    /// - Returns: slices of one piece of memory, so that a million of them cost little more than
    ///   their bytes.
    package static func rawNames(in path: some FilePath) throws(FileError) -> [Bytes] {
        let text = try path.cString(for: "open")
        let shown = path.pathBytes.displayText
        guard let folder = unsafe opendir(text) else {
            throw FileError(operation: "open", path: shown, number: errno)
        }
        defer { unsafe closedir(folder) }
        return try unsafe rawNames(in: folder, shown)
    }

    /// The names that an open folder has from its current position on.
    static func rawNames(
        in folder: OpaquePointer, _ shown: String
    ) throws(FileError) -> [Bytes] {
        var joined = ByteWriter()
        while true {
            errno = 0
            guard let entry = unsafe readdir(folder) else {
                let number = errno
                if number != 0 { throw FileError(operation: "read", path: shown, number: number) }
                break
            }
            unsafe withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                unsafe joined.append(UnsafeRawBufferPointer(rebasing: raw.prefix { $0 != 0 }))
            }
            joined.append(0)
        }
        return joined.finish().split(separator: 0).filter { $0 != "." && $0 != ".." }.sorted()
    }

    /// What the system knows about a path.
    ///
    /// - Parameters:
    ///   - path: any entry.
    ///   - followingLinks: whether a symbolic link is followed or described itself.
    /// - Returns: kind, size, mode, times.
    package static func status(
        of path: some FilePath, followingLinks: Bool = false
    ) throws(FileError) -> FileStatus {
        let text = try path.cString(for: "stat")
        var raw = stat()
        _ = try retrying("stat", path.pathBytes.displayText) {
            unsafe followingLinks ? stat(text, &raw) : lstat(text, &raw)
        }
        return FileStatus(raw)
    }

    /// Whether anything is at a path (a dangling link counts).
    ///
    /// - Throws: when the system does not tell. A disk that fails is no absence: whoever takes it for
    ///   one makes anew what is there.
    package static func exists(_ path: some FilePath) throws(FileError) -> Bool {
        do throws(FileError) {
            _ = try status(of: path)
            return true
        } catch  where error.isAbsence {
            return false
        }
    }

    /// The target of a symbolic link, as it is written in it.
    package static func linkTarget(of path: some FilePath) throws(FileError) -> Bytes {
        let text = try path.cString(for: "readlink")
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink(text, &buffer, buffer.count)
        guard count >= 0 else {
            let number = errno
            throw FileError(
                operation: "readlink", path: path.pathBytes.displayText, number: number)
        }
        return Bytes(buffer[0..<count].map { UInt8(bitPattern: $0) })
    }

    /// The path of what is at a path, without links, `.` and `..`.
    package static func realPath(of path: some FilePath) throws(FileError) -> Bytes {
        let text = try path.cString(for: "realpath")
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard unsafe realpath(text, &buffer) != nil else {
            let number = errno
            throw FileError(
                operation: "realpath", path: path.pathBytes.displayText, number: number)
        }
        return Bytes(buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
    }

    /// Makes a symbolic link.
    package static func makeLink(
        _ path: some FilePath, to target: some FilePath
    ) throws(FileError) {
        let (text, target) = (try path.cString(for: "symlink"), try target.cString(for: "symlink"))
        _ = try retrying("symlink", path.pathBytes.displayText) { unsafe symlink(target, text) }
    }

    /// Gives a file a second name, which it keeps when the first one is given to another file.
    ///
    /// - Throws: `isWithoutLinks` where the file system has none, EEXIST when something is at the name.
    package static func link(
        _ path: some FilePath, to name: some FilePath
    ) throws(FileError) {
        let (from, to) = (try path.cString(for: "link"), try name.cString(for: "link"))
        _ = try retrying("link", path.pathBytes.displayText) { unsafe Glibc.link(from, to) }
    }

    /// Sets permission bits.
    package static func setPermissions(_ path: String, _ mode: UInt32) throws(FileError) {
        let text = try path.cString(for: "chmod")
        _ = try retrying("chmod", path) { unsafe chmod(text, mode) }
    }

    /// Sets the time of the last change, of a link itself where the path is one.
    package static func setModified(_ path: String, _ time: WallTime) throws(FileError) {
        let text = try path.cString(for: "utimes")
        let times = time.bothStamps
        _ = try retrying("utimes", path) {
            unsafe utimensat(AT_FDCWD, text, times, AT_SYMLINK_NOFOLLOW)
        }
    }

    /// Bytes that an ordinary user can still write to the file system that holds a path.
    package static func freeByteCount(at path: String) throws(FileError) -> UInt64 {
        let text = try path.cString(for: "statfs")
        var raw = statvfs()
        _ = try retrying("statfs", path) { unsafe statvfs(text, &raw) }
        return byteCount(ofFreeBlocks: UInt64(raw.f_bavail), of: UInt64(raw.f_frsize))
    }

    /// What so many free blocks are in bytes, whatever a file system says: one in user space may say
    /// anything, and some count below zero where what is kept for the superuser is in use.
    ///
    /// - Returns: 0 for a count that would be below zero; the largest number for what is above it.
    static func byteCount(ofFreeBlocks count: UInt64, of blockByteCount: UInt64) -> UInt64 {
        guard count <= Int64.max else { return 0 }
        let (product, isTooLarge) = count.multipliedReportingOverflow(by: blockByteCount)
        return isTooLarge ? .max : product
    }

    /// Returns once the names in a folder are on disk.
    package static func syncFolder(_ path: String) throws(FileError) {
        try File(path, .read).sync()
    }

    /// The folder part of a path.
    package static func folder(of path: String) -> String {
        let folder = folder(of: Bytes(utf8: path))
        // What is cut off at a slash stays UTF-8.
        return folder.displayText
    }

    /// The folder part of a path: `.` where it has none.
    package static func folder(of path: Bytes) -> Bytes {
        guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == 0 ? "/" : path.prefix(slash)
    }
}

extension WallTime {
    /// For the calls that set the times of the last access and of the last change.
    var bothStamps: [timespec] {
        let stamp = timespec(tv_sec: Int(seconds), tv_nsec: Int(nanoseconds))
        return [stamp, stamp]
    }
}
