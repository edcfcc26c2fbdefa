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
        let head = AnswerHead.make(
            response, .length(UInt64(body.count)), isLast: true, at: time)
        let isSent = write(.init(head, body), to: socket)
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
        write(.init(AnswerHead.make(response, .none, isLast: isLast, at: time)), to: socket)
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
        while left > 0, SocketWriter.wait(for: POLLIN, on: socket, by: deadline) {
            let count = unsafe recv(socket, &room, room.count, Int32(MSG_DONTWAIT))
            if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) { return }
            left -= max(0, count)
        }
    }

    private static func write(_ parts: SocketWriter.Parts, to socket: Int32) -> Bool {
        SocketWriter.write(parts, to: socket, by: .after(Limits.drainDuration))
    }
}
