import CMicroHTTPD
import Execution
import Glibc

/// Reads what a client still sends when its answer has gone out and the connection is to end.
enum Lingering {
    /// Resets a connection at once: the end of the stream would be the end of the answer.
    ///
    /// Nobody may close it first, in whatever way: the end would be sent then. To "connect" to no family is
    /// how Linux breaks a TCP connection off without closing its descriptor. A socket of this machine has no
    /// reset; what is read from one that ends early looks complete.
    static func reset(_ socket: Int32) {
        var nobody = sockaddr()
        nobody.sa_family = sa_family_t(AF_UNSPEC)
        unsafe connect(socket, &nobody, socklen_t(MemoryLayout<sockaddr>.size))
    }

    /// Waits for a moment until what was written has been taken: a stream of lines ends with the error.
    static func letQueuedGo(on socket: Int32) {
        let deadline = Deadline.after(Limits.drainDuration)
        while holdfast_queued_byte_count(socket) > 0, !deadline.hasPassed {
            _ = Pending<Void>().value(by: Deadline.after(Limits.stallDuration).earlier(deadline))
        }
    }

    /// Reads and drops what still arrives, until the client closes or a limit is met.
    ///
    /// A socket that is closed with unread bytes resets the connection, and the reset may overtake
    /// the answer.
    static func drop(on socket: Int32) {
        let deadline = Deadline.after(Limits.drainDuration)
        var left = Limits.lingerByteCountMax
        // Small: a thousand connections may end like this at once.
        var room = [UInt8](repeating: 0, count: 8 * 1_024)
        shutdown(socket, Int32(SHUT_WR))
        while left > 0, SocketWriter.wait(for: POLLIN, on: socket, by: deadline) {
            let count = unsafe recv(socket, &room, room.count, Int32(MSG_DONTWAIT))
            if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) { return }
            left -= max(0, count)
        }
    }
}
