package import Buffers
package import Glibc

/// An open folder. What is in it is reached by its name alone, relative to the open descriptor, and
/// no symbolic link is ever followed: whatever others rename or link meanwhile, nothing is written
/// anywhere else.
///
/// Owned by one thread; closed with its last reference.
package final class Folder {
    /// The path it was opened by, for messages.
    package let path: Bytes
    private let descriptor: Int32

    /// Opens a folder that the user has named; a symbolic link is followed here, and only here.
    package init(_ path: some FilePath) throws(FileError) {
        let text = try path.cString(for: "open")
        self.path = path.pathBytes
        descriptor = try File.retrying("open", path.pathBytes.displayText) {
            unsafe open(text, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
    }

    private init(_ name: Bytes, in parent: Folder) throws(FileError) {
        let call = try Call("open", name, in: parent)
        path = call.path
        descriptor = try call {
            unsafe openat($0, $1, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        }
    }

    private init(above folder: Folder, path: Bytes) throws(FileError) {
        self.path = path
        descriptor = try File.retrying("open", path.displayText) {
            unsafe openat(folder.descriptor, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
    }

    deinit { _ = close(descriptor) }

    /// Opens the folder that it is in by now: another one than before where it was moved.
    ///
    /// - Parameter path: of that folder, for messages.
    package func folderAbove(path: Bytes) throws(FileError) -> Folder {
        try Folder(above: self, path: path)
    }

    /// What the system knows about the folder itself.
    package func status() throws(FileError) -> FileStatus {
        var raw = stat()
        _ = try File.retrying("stat", path.displayText) { unsafe fstat(descriptor, &raw) }
        return FileStatus(raw)
    }

    /// The names in it as bytes, in byte order, without `.` and `..`.
    package func names() throws(FileError) -> [Bytes] {
        let shown = path.displayText
        // The stream closes the descriptor that it was made of.
        let copy = try File.retrying("open", shown) { fcntl(descriptor, F_DUPFD_CLOEXEC, 0) }
        guard let stream = unsafe fdopendir(copy) else {
            let number = errno
            _ = close(copy)
            throw FileError(operation: "open", path: shown, number: number)
        }
        defer { unsafe closedir(stream) }
        // Both descriptors share a position.
        unsafe rewinddir(stream)
        return try unsafe File.rawNames(in: stream, shown)
    }

    /// Opens a folder in it.
    ///
    /// - Throws: ENOTDIR for anything else, a symbolic link to a folder included.
    package func folder(_ name: Bytes) throws(FileError) -> Folder { try Folder(name, in: self) }

    /// What the system knows about an entry; nil where there is none.
    package func status(of name: Bytes) throws(FileError) -> FileStatus? {
        do throws(FileError) {
            return try status(ofExisting: name)
        } catch {
            if error.number == ENOENT { return nil }
            throw error
        }
    }

    /// What the system knows about an entry that is there.
    package func status(ofExisting name: Bytes) throws(FileError) -> FileStatus {
        var raw = stat()
        try Call("stat", name, in: self) {
            unsafe fstatat($0, $1, &raw, AT_SYMLINK_NOFOLLOW)
        }
        return FileStatus(raw)
    }

    /// The target of a symbolic link in it, as it is written in it.
    package func linkTarget(of name: Bytes) throws(FileError) -> Bytes {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = try Call("readlink", name, in: self)({
            unsafe Int32(clamping: readlinkat($0, $1, &buffer, buffer.count))
        })
        return Bytes(buffer[0..<Int(count)].map { UInt8(bitPattern: $0) })
    }

    /// Opens a file in it for reading. A pipe in its place does not make it wait.
    ///
    /// - Throws: ELOOP for a symbolic link.
    package func openFile(_ name: Bytes) throws(FileError) -> File {
        let flags = File.Mode.readAtOnce.flags | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC
        let call = try Call("open", name, in: self)
        let file = try call { unsafe openat($0, $1, flags) }
        return File(descriptor: file, name: call.path.displayText)
    }

    /// Makes a folder in it.
    ///
    /// - Throws: EEXIST where anything has the name.
    package func makeFolder(_ name: Bytes, permissions: mode_t = 0o777) throws(FileError) {
        try Call("mkdir", name, in: self) { unsafe mkdirat($0, $1, permissions) }
    }

    /// Makes a file in it, open for reading and writing.
    ///
    /// - Throws: EEXIST where anything has the name.
    package func makeFile(_ name: Bytes, permissions: mode_t = 0o666) throws(FileError) -> File {
        let flags = File.Mode.createNew.flags | O_NOFOLLOW | O_CLOEXEC
        let call = try Call("open", name, in: self)
        let file = try call { unsafe openat($0, $1, flags, permissions) }
        return File(descriptor: file, name: call.path.displayText)
    }

    /// Opens a pipe or a device in it for writing.
    ///
    /// - Throws: ELOOP for a symbolic link, EEXIST for a file: nothing of it is overwritten.
    /// - Blocking: until a pipe has a reader.
    package func openStream(_ name: Bytes) throws(FileError) -> File {
        let call = try Call("open", name, in: self)
        let descriptor = try call {
            unsafe openat($0, $1, O_WRONLY | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC)
        }
        let file = File(descriptor: descriptor, name: call.path.displayText)
        let kind = try file.status().kind
        guard kind == .pipe || kind == .other else {
            throw FileError(operation: "open", path: file.path, number: EEXIST)
        }
        return file
    }

    /// Gives an entry another name, in the place of the file or the link that has it.
    package func rename(_ name: Bytes, to newName: Bytes) throws(FileError) {
        let (old, new) = (try Call("rename", name, in: self), try Call("rename", newName, in: self))
        _ = try old { folder, name in
            unsafe renameat(folder, name, folder, new.name)
        }
    }

    /// Makes a symbolic link in it.
    ///
    /// - Throws: EEXIST where anything has the name; EINVAL for a target with a NUL.
    package func makeLink(_ name: Bytes, to target: Bytes) throws(FileError) {
        let target = try target.cString(for: "symlink")
        try Call("symlink", name, in: self) { unsafe symlinkat(target, $0, $1) }
    }

    /// Removes a file or a symbolic link in it.
    package func remove(_ name: Bytes) throws(FileError) {
        try Call("remove", name, in: self) { unsafe unlinkat($0, $1, 0) }
    }

    /// Sets the time of the last change of an entry, of a symbolic link itself.
    package func setModified(_ time: WallTime, of name: Bytes) throws(FileError) {
        let times = time.bothStamps
        try Call("utimes", name, in: self) {
            unsafe utimensat($0, $1, times, AT_SYMLINK_NOFOLLOW)
        }
    }

    /// Sets its own permission bits.
    package func setPermissions(_ mode: UInt32) throws(FileError) {
        _ = try File.retrying("chmod", path.displayText) { fchmod(descriptor, mode) }
    }

    /// Sets the time of its own last change.
    package func setModified(_ time: WallTime) throws(FileError) {
        let times = time.bothStamps
        _ = try File.retrying("utimes", path.displayText) { unsafe futimens(descriptor, times) }
    }

    /// Why something cannot be the name of an entry: what the system's calls would refuse, or take
    /// for another name or a path.
    ///
    /// - Returns: a few words; nil where it can be one.
    package static func objection(to name: Bytes) -> String? {
        if name.isEmpty { return "is empty" }
        if name == "." || name == ".." { return "means a folder, and not an entry in it" }
        if name.contains(UInt8(ascii: "/")) { return "has a slash in it" }
        if name.contains(0) { return "has a NUL byte in it" }
        if name.count > Int(NAME_MAX) { return "is longer than \(NAME_MAX) bytes" }
        return nil
    }

    /// One call of the system about an entry.
    private struct Call {
        let operation: String
        let path: Bytes
        private let descriptor: Int32
        let name: [CChar]

        init(_ operation: String, _ name: Bytes, in folder: Folder) throws(FileError) {
            self.operation = operation
            path = [folder.path, name].joined(separator: "/")
            descriptor = folder.descriptor
            guard Folder.objection(to: name) == nil else {
                let number = name.count > Int(NAME_MAX) ? ENAMETOOLONG : EINVAL
                throw FileError(operation: operation, path: path.displayText, number: number)
            }
            self.name = try name.cString(for: operation)
        }

        @discardableResult
        init(
            _ operation: String, _ name: Bytes, in folder: Folder,
            _ call: (Int32, [CChar]) -> Int32
        ) throws(FileError) {
            try self.init(operation, name, in: folder)
            _ = try self(call)
        }

        func callAsFunction(_ call: (Int32, [CChar]) -> Int32) throws(FileError) -> Int32 {
            try File.retrying(operation, path.displayText) { call(descriptor, name) }
        }
    }
}
