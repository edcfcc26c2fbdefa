import Buffers
import CMicroHTTPD
import Execution
import Glibc
import HTTP

/// Answers on the bare socket where libmicrohttpd cannot, and reads what a client still sends when
/// its answer has gone out.
///
/// libmicrohttpd queues answers before or after a body only. A body that is refused half way (disk
/// full, bad part) would have to be read to its end first; instead its answer goes out at once and
/// the connection ends. And it sends a 304 with `Content-Length: 0`, or, like an answer to HEAD of
/// unknown length, with a last chunk that the client takes for the beginning of the next answer.
enum EarlyAnswer {
    /// Sends a small answer and ends the writing side.
    ///
    /// - Parameters:
    ///   - response: with bytes or without a body.
    ///   - socket: of a connection that has not begun to answer.
    ///   - time: for the `Date` field.
    /// - Returns: whether all of it was sent.
    static func send(_ response: Response, on socket: Int32, at time: WallTime) -> Bool {
        var body = Bytes.empty
        if case .bytes(let bytes) = response.body { body = bytes }
        var writer = head(of: response, isLast: true, at: time)
        writer.append(utf8: "Content-Length: \(body.count)\r\n\r\n")
        writer.append(body)
        let isSent = write(writer.finish(), to: socket)
        shutdown(socket, Int32(SHUT_WR))
        return isSent
    }

    /// Sends an answer that has neither a body nor a length.
    ///
    /// - Parameters:
    ///   - response: a 304, or the answer to HEAD.
    ///   - socket: of a connection that has not begun to answer.
    ///   - isLast: whether the connection ends with it.
    ///   - time: for the `Date` field.
    /// - Returns: whether all of it was sent.
    static func sendHead(
        _ response: Response, on socket: Int32, isLast: Bool, at time: WallTime
    ) -> Bool {
        var writer = head(of: response, isLast: isLast, at: time)
        writer.append(utf8: "\r\n")
        return write(writer.finish(), to: socket)
    }

    private static func head(
        of response: Response, isLast: Bool, at time: WallTime
    ) -> ByteWriter {
        var writer = ByteWriter(capacity: 512)
        writer.append(utf8: "HTTP/1.1 \(response.status.code) \(response.status.reason)\r\n")
        writer.append(utf8: "Date: \(HTTPDate(seconds: time.seconds))\r\n")
        if isLast { writer.append(utf8: "Connection: close\r\n") }
        for field in response.fields where field.name.isToken && !isFraming(field.name) {
            let value = field.value.utf8.filter { !ASCII.isControl($0) }
            writer.append(utf8: "\(field.name): ")
            writer.append(value)
            writer.append(utf8: "\r\n")
        }
        return writer
    }

    /// Reads and drops what still arrives, until the client closes or a limit is met.
    ///
    /// A socket that is closed with unread bytes resets the connection, and the reset may overtake
    /// the answer.
    static func linger(on socket: Int32) {
        let deadline = Deadline.after(Limits.drainDuration)
        var left = Limits.lingerByteCountMax
        var room = [UInt8](repeating: 0, count: 64 * 1_024)
        shutdown(socket, Int32(SHUT_WR))
        while left > 0, wait(for: POLLIN, on: socket, by: deadline) {
            let count = unsafe recv(socket, &room, room.count, Int32(MSG_DONTWAIT))
            if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) { return }
            left -= max(0, count)
        }
    }

    private static func isFraming(_ name: String) -> Bool {
        ["Content-Length", "Transfer-Encoding", "Connection", "Date", "Trailer"].contains {
            $0.equalsIgnoringASCIICase(name)
        }
    }

    private static func write(_ bytes: Bytes, to socket: Int32) -> Bool {
        let deadline = Deadline.after(Limits.drainDuration)
        let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
        var rest = bytes
        while !rest.isEmpty {
            guard wait(for: POLLOUT, on: socket, by: deadline) else { return false }
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(socket, $0.baseAddress, $0.count, flags)
            }
            if count < 0, errno != EAGAIN, errno != EINTR { return false }
            rest = rest.dropFirst(max(0, count))
        }
        return true
    }

    private static func wait(for event: Int32, on socket: Int32, by deadline: Deadline) -> Bool {
        guard let remaining = deadline.remaining, !deadline.hasPassed else { return false }
        let milliseconds = Int32(clamping: remaining.wholeNanoseconds / 1_000_000 + 1)
        var entry = pollfd(fd: socket, events: Int16(event), revents: 0)
        let count = unsafe poll(&entry, 1, milliseconds)
        return count > 0 || (count < 0 && errno == EINTR)
    }
}
