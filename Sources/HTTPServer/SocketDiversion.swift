import CMicroHTTPD
import Glibc

/// Lets libmicrohttpd send one answer to nowhere, because ours is on the wire already.
///
/// Puts one end of a socket pair in the place of the connection's descriptor, and the connection
/// back again when the exchange is over. Only the connection's own thread sends, so nothing of
/// another exchange can go astray.
@safe
struct SocketDiversion: ~Copyable {
    private let socket: Int32
    private let kept: Int32
    private let sink: Int32

    /// Diverts a connection.
    ///
    /// - Parameter socket: the descriptor that libmicrohttpd uses.
    /// - Returns: nil when the system has no descriptors left; nothing is diverted then.
    init?(of socket: Int32) {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(
            SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else { return nil }
        let kept = fcntl(socket, F_DUPFD_CLOEXEC, 0)
        guard kept >= 0 else {
            close(ends[0])
            close(ends[1])
            return nil
        }
        Self.put(ends[0], inPlaceOf: socket)
        self.socket = socket
        self.kept = kept
        sink = ends[1]
    }

    deinit {
        Self.put(kept, inPlaceOf: socket)
        close(sink)
    }

    /// Moves a descriptor to the number of another one, which is closed.
    private static func put(_ descriptor: Int32, inPlaceOf number: Int32) {
        let result = holdfast_replace_descriptor(descriptor, number)
        precondition(result == number, "an open descriptor can be replaced")
        close(descriptor)
    }
}
