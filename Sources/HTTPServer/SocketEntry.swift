import CMicroHTTPD
import Glibc

/// The entry in a folder that the socket of a listener has made, and none that came after it.
struct SocketEntry {
    private let path: String
    private let device: UInt64
    private let inode: UInt64

    /// What stands at a path; nil where nothing does.
    init?(at path: String) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        self.path = path
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    /// Removes it, unless something else has taken its place: a listener that ends refuses connections
    /// for a while, and another node that starts meanwhile finds its socket abandoned.
    ///
    /// To be called before the socket is closed. Afterwards another one can have the same number.
    func remove() {
        let lock = FolderLock(around: path)
        defer { lock.release() }
        guard let now = SocketEntry(at: path), now.device == device, now.inode == inode else {
            return
        }
        unsafe unlink(path)
    }
}
