import Buffers
import CMicroHTTPD
import Glibc
import Synchronization

/// How a connection is ended by another thread than its own.
extension Connection {
    /// Shuts the socket, unless the connection has gone on since it was looked at: the request that
    /// has begun meanwhile is to be answered.
    ///
    /// - Returns: whether it was shut.
    func giveWay(_ look: Look) -> Bool {
        guard leave(from: look) else { return false }
        shut()
        return true
    }

    /// Claims the connection for who ends it.
    ///
    /// - Returns: false when it has gone on since it was looked at.
    func leave(from look: Look) -> Bool {
        let leaving = ConnectionStage(.leaving, since: look.since, isNew: look.isNew)
        return stage.compareExchange(expected: look.stage, desired: leaving, ordering: .relaxed)
            .exchanged
    }

    /// Tells the peer to come again, and shuts the socket. For a connection that has only just come:
    /// whatever it has sent, or is about to, was not looked at.
    func refuse() {
        say(Self.refusal)
        shut()
    }

    private static let refusal = lastWords("503 Service Unavailable\r\nRetry-After: 1")
    static let lateness = lastWords("408 Request Timeout")

    private static func lastWords(_ head: String) -> Bytes {
        Bytes(utf8: "HTTP/1.1 \(head)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    }

    /// Sends a short answer as far as the socket has room, from another thread than the connection's.
    func say(_ answer: Bytes) {
        _ = unsafe answer.withUnsafeBytes {
            unsafe send(
                socket, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
        }
    }

    /// Ends reading and writing at once; the connection's thread then finds the socket closed.
    func shut() {
        shutMark.store(true, ordering: .sequentiallyConsistent)
        _ = Glibc.shutdown(socket, Int32(SHUT_RDWR))
    }

    /// Whether `shut()` was called.
    var wasShut: Bool { shutMark.load(ordering: .sequentiallyConsistent) }
}
