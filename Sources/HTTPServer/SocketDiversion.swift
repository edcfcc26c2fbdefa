import CMicroHTTPD
import Execution
import Glibc
import Synchronization

/// Lets libmicrohttpd send one answer to nowhere, because ours is on the wire already.
///
/// Puts one end of a socket pair in the place of the connection's descriptor, and the connection
/// back again when the exchange is over. Only the connection's own thread sends, so nothing of
/// another exchange can go astray. Pairs are used again: to make one for each answer cost a quarter of
/// the rate of blocks of 256 KiB.
@safe
struct SocketDiversion: ~Copyable {
    private let connection: Connection
    private let kept: Int32
    private let sink: Sink

    /// Diverts a connection, whose socket libmicrohttpd uses.
    ///
    /// - Returns: nil when the system has no descriptors left, or does not replace one; nothing is diverted
    ///   then.
    init?(of connection: Connection) {
        guard let sink = Self.idle.withLock({ $0.popLast() }) ?? Sink() else { return nil }
        let kept = fcntl(connection.socket, F_DUPFD_CLOEXEC, 0)
        guard kept >= 0 else { return nil }
        guard Self.put(sink.entrance, inPlaceOf: connection.socket) else {
            close(kept)
            return nil
        }
        self.connection = connection
        self.kept = kept
        self.sink = sink
    }

    deinit {
        let isBack = Self.put(kept, inPlaceOf: connection.socket)
        close(kept)
        // Who has shut the connection meanwhile may have shut the sink in its place. One whose number
        // still stands for the sink has lost its peer, who is told by the end of `kept`.
        guard isBack, !connection.wasShut else { return connection.shut() }
        guard sink.takesMore() else { return }
        Self.idle.withLock { if $0.count < Limits.idleSinkCountMax { $0.append(sink) } }
    }

    private static let idle = Locked<[Sink]>([])

    /// Has a number stand for what another descriptor stands for.
    ///
    /// - Returns: whether the system did so; else the number stands for what it did before.
    private static func put(_ descriptor: Int32, inPlaceOf number: Int32) -> Bool {
        holdfast_replace_descriptor(descriptor, number) == number
    }
}

/// Two sockets of which one takes what nobody wants.
private final class Sink: Sendable {
    let entrance: Int32
    private let exit: Int32
    /// Answers that lie in it.
    private let answerCount = Atomic(0)

    init?() {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(
            SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else { return nil }
        (entrance, exit) = (ends[0], ends[1])
    }

    deinit {
        close(entrance)
        close(exit)
    }

    /// Makes room for another answer, which only now and then takes a system call.
    ///
    /// - Returns: whether it can be used again.
    func takesMore() -> Bool {
        guard answerCount.add(1, ordering: .relaxed).newValue >= Limits.sinkAnswerCountMax else {
            return true
        }
        answerCount.store(0, ordering: .relaxed)
        var room = [UInt8](repeating: 0, count: 4 * 1_024)
        while true {
            let count = unsafe recv(exit, &room, room.count, Int32(MSG_DONTWAIT))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count < 0 && errno == EAGAIN }
        }
    }
}
