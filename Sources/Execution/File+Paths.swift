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
    package static func readAll(_ path: String, limit: Int) throws(FileError) -> Bytes {
        let file = try File(path, .read)
        let contents = try file.readFully(limit + 1)
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
        let temporary = path + ".new"
        let file = try File(temporary, .replace, permissions: permissions)
        try file.write(contents)
        try file.sync()
        file.close()
        try rename(temporary, to: path)
        try syncFolder(folder(of: path))
    }

    /// Renames an entry, replacing what stood at the target.
    package static func rename(_ path: String, to target: String) throws(FileError) {
        _ = try retrying("rename", path) { unsafe Glibc.rename(path, target) }
    }

    /// Removes a file or a symbolic link.
    package static func remove(_ path: String) throws(FileError) {
        _ = try retrying("remove", path) { unsafe unlink(path) }
    }

    /// Removes an empty folder.
    package static func removeFolder(_ path: String) throws(FileError) {
        _ = try retrying("remove", path) { unsafe rmdir(path) }
    }

    /// Removes an entry and everything below it; symbolic links are not followed.
    package static func removeTree(_ path: String) throws(FileError) {
        guard try status(of: path).kind == .folder else { return try remove(path) }
        for name in try names(in: path) { try removeTree(path + "/" + name) }
        try removeFolder(path)
    }

    /// Makes a folder, and those above it that are missing.
    ///
    /// - Parameters:
    ///   - path: may be there already.
    ///   - permissions: of folders that are made.
    package static func makeFolder(_ path: String, permissions: mode_t = 0o700) throws(FileError) {
        if unsafe mkdir(path, permissions) == 0 { return }
        let number = errno
        // A parent that is there already is no reason to try again: `/proc` refuses for good.
        if number == ENOENT, folder(of: path) != path, !exists(folder(of: path)) {
            try makeFolder(folder(of: path), permissions: permissions)
            return try makeFolder(path, permissions: permissions)
        }
        // Following a link here is wanted: the home of a node may be a link to a larger disk.
        if number == EEXIST, try status(of: path, followingLinks: true).kind == .folder { return }
        throw FileError(operation: "mkdir", path: path, number: number)
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

    /// The names in a folder, in byte order, without `.` and `..`.
    ///
    /// - Parameter path: the folder.
    /// - Returns: names as the system has them; one that is not UTF-8 has U+FFFD in it.
    package static func names(in path: String) throws(FileError) -> [String] {
        try rawNames(in: path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The names in a folder as bytes, in byte order, without `.` and `..`.
    package static func rawNames(in path: String) throws(FileError) -> [[UInt8]] {
        guard let folder = unsafe opendir(path) else {
            throw FileError(operation: "open", path: path, number: errno)
        }
        defer { unsafe closedir(folder) }
        var names: [[UInt8]] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(folder) else {
                let number = errno
                if number != 0 { throw FileError(operation: "read", path: path, number: number) }
                break
            }
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                unsafe Array(raw.prefix { $0 != 0 })
            }
            if name != Array(".".utf8), name != Array("..".utf8) { names.append(name) }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// What the system knows about a path.
    ///
    /// - Parameters:
    ///   - path: any entry.
    ///   - followingLinks: whether a symbolic link is followed or described itself.
    /// - Returns: kind, size, mode, times.
    package static func status(
        of path: String, followingLinks: Bool = false
    ) throws(FileError) -> FileStatus {
        var raw = stat()
        _ = try retrying("stat", path) {
            unsafe followingLinks ? stat(path, &raw) : lstat(path, &raw)
        }
        return FileStatus(raw)
    }

    /// Whether anything is at a path (a dangling link counts).
    package static func exists(_ path: String) -> Bool { (try? status(of: path)) != nil }

    /// The target of a symbolic link, as it is written in it.
    package static func linkTarget(of path: String) throws(FileError) -> Bytes {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink(path, &buffer, buffer.count)
        guard count >= 0 else { throw FileError(operation: "readlink", path: path, number: errno) }
        return Bytes(buffer[0..<count].map { UInt8(bitPattern: $0) })
    }

    /// Makes a symbolic link.
    package static func makeLink(_ path: String, to target: String) throws(FileError) {
        _ = try retrying("symlink", path) { unsafe symlink(target, path) }
    }

    /// Sets permission bits.
    package static func setPermissions(_ path: String, _ mode: UInt32) throws(FileError) {
        _ = try retrying("chmod", path) { unsafe chmod(path, mode) }
    }

    /// Sets the time of the last change, of a link itself where the path is one.
    package static func setModified(_ path: String, _ time: WallTime) throws(FileError) {
        let stamp = timespec(tv_sec: Int(time.seconds), tv_nsec: Int(time.nanoseconds))
        var times = [stamp, stamp]
        _ = try retrying("utimes", path) {
            unsafe utimensat(AT_FDCWD, path, &times, AT_SYMLINK_NOFOLLOW)
        }
    }

    /// Bytes that an ordinary user can still write to the file system that holds a path.
    package static func freeByteCount(at path: String) throws(FileError) -> UInt64 {
        var raw = statvfs()
        _ = try retrying("statfs", path) { unsafe statvfs(path, &raw) }
        return UInt64(raw.f_bavail) * UInt64(raw.f_frsize)
    }

    /// Returns once the names in a folder are on disk.
    package static func syncFolder(_ path: String) throws(FileError) {
        try File(path, .read).sync()
    }

    /// The folder part of a path.
    package static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
