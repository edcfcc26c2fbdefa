import Buffers
import CMicroHTTPD
import Execution
import Glibc

/// Writes to the bare socket of a connection.
enum SocketWriter {
    /// Runs of bytes that go out behind one another, with one call if the socket has room.
    struct Parts {
        fileprivate var runs: [Bytes]

        init(_ runs: Bytes...) { self.runs = runs.filter { !$0.isEmpty } }

        /// Drops what has been written.
        fileprivate mutating func drop(_ count: Int) {
            var count = count
            while count > 0, let first = runs.first {
                let taken = min(count, first.count)
                count -= taken
                runs[0] = first.dropFirst(taken)
                if runs[0].isEmpty { runs.removeFirst() }
            }
        }
    }

    /// Writes everything.
    ///
    /// - Parameters:
    ///   - parts: what is written.
    ///   - socket: where to.
    ///   - deadline: ends waits for room; the watchdog may shut the socket before.
    /// - Returns: whether all of it was written; no, and the connection is of no use any more.
    static func write(_ parts: Parts, to socket: Int32, by deadline: Deadline) -> Bool {
        var parts = parts
        while !parts.runs.isEmpty {
            let count = unsafe send(parts.runs[...], [], to: socket)
            if count >= 0 {
                parts.drop(count)
            } else if errno == EAGAIN {
                guard wait(for: POLLOUT, on: socket, by: deadline) else { return false }
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }

    /// Waits until a socket can be written to or read from, or is gone.
    ///
    /// - Returns: false when the deadline passed first.
    static func wait(for event: Int32, on socket: Int32, by deadline: Deadline) -> Bool {
        var milliseconds: Int32 = -1
        if let remaining = deadline.remaining {
            guard !deadline.hasPassed else { return false }
            milliseconds = Int32(clamping: remaining.wholeNanoseconds / 1_000_000 + 1)
        }
        var entry = pollfd(fd: socket, events: Int16(event), revents: 0)
        let count = unsafe poll(&entry, 1, milliseconds)
        return count > 0 || (count < 0 && errno == EINTR)
    }

    /// Lends the runs one after the other, and sends them with one call when it has them all.
    private static func send(
        _ runs: ArraySlice<Bytes>, _ lent: [iovec], to socket: Int32
    ) -> Int {
        if let first = runs.first {
            return unsafe first.withUnsafeBytes { buffer in
                let base = unsafe UnsafeMutableRawPointer(mutating: buffer.baseAddress)
                let vector = unsafe iovec(iov_base: base, iov_len: buffer.count)
                return unsafe send(runs.dropFirst(), lent + [vector], to: socket)
            }
        }
        var lent = unsafe lent
        return unsafe lent.withUnsafeMutableBufferPointer { vectors in
            var message = unsafe msghdr()
            unsafe message.msg_iov = vectors.baseAddress
            unsafe message.msg_iovlen = vectors.count
            return unsafe sendmsg(socket, &message, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
    }
}
