import CMicroHTTPD
import Execution
import Glibc

/// Opens a listening socket that has a path for its address, and no port.
enum UnixSocket {
    /// Makes the socket; only its owner may connect. One that nobody listens on any more gives way to it,
    /// and nothing else does: what stands at the path may be anything, and may be dear to somebody.
    ///
    /// - Returns: a listening socket without blocking and closed on exec.
    /// - Throws: `HTTPServerError` that names the path and says what to do.
    static func open(_ path: String) throws(HTTPServerError) -> Int32 {
        let address = try address(path)
        // From the look at the old one until the new one listens: of two nodes that start at once each
        // would find the other one's abandoned.
        let lock = FolderLock(around: path)
        defer { lock.release() }
        try removeAbandoned(path, address)
        let descriptor = try ListeningSocket.make(AF_UNIX)
        // The mode of the socket is that of the file that bind makes.
        fchmod(descriptor, 0o600)
        guard unsafe connectOrBind(descriptor, address, bind) == 0 else {
            let code = errno
            close(descriptor)
            guard code == EADDRINUSE else {
                throw ListeningSocket.system("make the socket \(path)", code)
            }
            throw inUse("something that is no abandoned socket of this node stands at \(path)")
        }
        return try ListeningSocket.listening(descriptor)
    }

    private static func address(_ path: String) throws(HTTPServerError) -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard !bytes.isEmpty, bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw HTTPServerError(
                code: .badAddress,
                message: "the path of a Unix socket has 1 to 107 bytes, \"\(path)\" has "
                    + "\(bytes.count): choose a shorter one")
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        return address
    }

    /// Removes a socket of this user that nobody listens on.
    private static func removeAbandoned(
        _ path: String, _ address: sockaddr_un
    ) throws(HTTPServerError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return }
        // The system refuses a connection to a file or a device in the same words.
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw inUse("what stands at \(path) is no socket, and is left alone")
        }
        let probe = try ListeningSocket.make(AF_UNIX)
        defer { close(probe) }
        let code = unsafe connectOrBind(probe, address, connect) == 0 ? 0 : errno
        // One whose queue is full has the system say to try again.
        guard code != 0, code != EAGAIN else {
            throw HTTPServerError(
                code: .addressInUse,
                message: "another process listens on \(path): stop it, or choose another path")
        }
        guard code == ECONNREFUSED else { return }
        guard status.st_uid == geteuid() else {
            throw inUse("the abandoned socket \(path) belongs to another user")
        }
        unsafe unlink(path)
    }

    private static func inUse(_ what: String) -> HTTPServerError {
        HTTPServerError(
            code: .addressInUse, message: "\(what): choose another path, or remove it first")
    }

    private static func connectOrBind(
        _ descriptor: Int32, _ address: sockaddr_un,
        _ call: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32
    ) -> Int32 {
        var copy = address
        return unsafe withUnsafePointer(to: &copy) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe call(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
