import Buffers
import CMicroHTTPD
import Execution
import Glibc

/// Writes to the bare socket of a connection.
enum SocketWriter {
    /// How far a write has come.
    enum Progress {
        /// Everything was written.
        case done
        /// The socket takes nothing more for now; what is left stands in the parts.
        case blocked
        /// The connection is of no use any more.
        case gone
    }

    /// Writes what the socket takes at once.
    ///
    /// - Parameters:
    ///   - parts: what is written; loses what was.
    ///   - socket: where to.
    static func push(_ parts: inout SocketParts, to socket: Int32) -> Progress {
        while !parts.isEmpty {
            let count = unsafe send(parts.runs[...], [], to: socket)
            if count >= 0 {
                parts.drop(count)
            } else if errno == EAGAIN {
                return .blocked
            } else if errno != EINTR {
                return .gone
            }
        }
        return .done
    }

    /// Writes everything.
    ///
    /// - Parameters:
    ///   - parts: what is written.
    ///   - socket: where to.
    ///   - deadline: ends waits for room; the watchdog may shut the socket before.
    /// - Returns: whether all of it was written; no, and the connection is of no use any more.
    static func write(_ parts: SocketParts, to socket: Int32, by deadline: Deadline) -> Bool {
        var parts = parts
        while true {
            switch push(&parts, to: socket) {
            case .done: return true
            case .gone: return false
            case .blocked: guard wait(for: POLLOUT, on: socket, by: deadline) else { return false }
            }
        }
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
