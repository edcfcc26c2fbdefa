import Buffers
import CMicroHTTPD
import Execution
import Glibc
import HTTP

/// Answers in the middle of a body, and reads what a client still sends when its answer has gone out.
///
/// libmicrohttpd queues answers before or after a body only. One that is refused half way would have
/// to be read to its end first; instead its answer goes out at once and the connection ends.
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
        let isSent = SocketWriter.write(
            SocketParts(head, body), to: socket, by: .after(Limits.drainDuration))
        shutdown(socket, Int32(SHUT_WR))
        return isSent
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
}
