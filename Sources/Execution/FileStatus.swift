import Glibc

/// Kind, size, mode and times of an entry of the file system.
package struct FileStatus: Hashable, Sendable {
    /// What an entry is.
    package enum Kind: Sendable {
        case file, folder, symbolicLink
        /// A named pipe.
        case pipe
        /// A socket or a device.
        case other
    }

    /// What it is; never `symbolicLink` where links were followed.
    package let kind: Kind
    /// Bytes of a file; the length of the target for a symbolic link.
    package let byteCount: UInt64
    /// Permission, setuid, setgid and sticky bits.
    package let mode: UInt32
    /// The number of the user that it belongs to.
    package let owner: UInt32
    /// When the contents were last changed.
    package let modified: WallTime
    /// When contents, name or rights were last changed; unlike `modified` nobody can set it.
    package let statusChanged: WallTime
    /// Device and inode: together they name the entry itself, whatever its path.
    package let device: UInt64
    package let inode: UInt64

    init(_ raw: stat) {
        kind =
            switch raw.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .symbolicLink
            case S_IFIFO: .pipe
            default: .other
            }
        byteCount = UInt64(max(0, raw.st_size))
        mode = raw.st_mode & 0o7777
        owner = raw.st_uid
        modified = WallTime(raw.st_mtim)
        statusChanged = WallTime(raw.st_ctim)
        device = UInt64(raw.st_dev)
        inode = UInt64(raw.st_ino)
    }
}

extension WallTime {
    /// A time as a file system has it: one in user space may have anything for its nanoseconds.
    fileprivate init(_ time: timespec) {
        self.init(
            seconds: Int64(time.tv_sec), nanoseconds: UInt32(clamping: time.tv_nsec))
    }
}
