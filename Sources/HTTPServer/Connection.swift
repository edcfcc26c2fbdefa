import Buffers
import CMicroHTTPD
import Execution
import Glibc
import HTTP
import Synchronization

/// One accepted socket, shared by its own thread and the watchdog.
///
/// The thread says how long the peer may take for what comes next; the watchdog shuts the socket
/// when that has passed. libmicrohttpd closes the socket after it has told the listener that the
/// connection is gone, so while it stands in the listener's table its number is ours: that of the
/// connection or, for moments, of a `SocketDiversion`.
final class Connection: Sendable {
    /// What the peer is expected to do.
    enum Phase: UInt8 {
        /// To send a request line.
        case waiting
        /// To send the rest of the header section.
        case header
        /// To move the bytes of a body, either way: this program can do nothing before it has.
        case still
        /// Nothing: the handler is at work, or a body moves.
        case busy
        /// Nothing any more: it was told to leave. Its thread may not know yet, and enter another.
        case leaving
    }

    /// What was seen of a connection at one time.
    struct Look {
        fileprivate let stage: ConnectionStage

        var phase: Phase { stage.phase }
        /// Whether no request has come on it yet.
        var isNew: Bool { stage.isNew }
        /// When the phase was entered; nanoseconds of `Instant`.
        var since: UInt64 { stage.since }
    }

    let socket: Int32
    let peer: PeerAddress
    private let stage = Atomic(ConnectionStage(.waiting, since: 0, isNew: true))
    private let shutInstant = Atomic<UInt64>(.max)
    private let requestCount = Atomic<UInt64>(0)
    /// Whether a body is waited for and nothing of an answer has gone out: who is too late is told so.
    private let owesBody = Atomic(false)
    /// Whether the peer was told that its body came too late.
    let wasTooLate = Atomic(false)
    private let shutMark = Atomic(false)
    private let sendsWithoutDelay = Atomic(false)
    /// How long the peer has been waited for since it last moved something worth the name, and what
    /// has moved meanwhile. The connection's own thread counts.
    private let stillNanoseconds = Atomic<UInt64>(0)
    private let movedByteCount = Atomic<Int>(0)
    /// What the system had moved for the peer when it was last looked at. To look when a wait begins would
    /// be a system call for each request, and would only save one wait of those who have moved nothing.
    private let movedBefore = Atomic<UInt64>(0)

    /// What the watchdog remembers between two looks at a waiting connection.
    struct Watch {
        var requestCount = UInt64.max
        var receivedByteCount: UInt64 = 0
    }

    /// The request that is being worked on, for messages; nil between two requests.
    let work = Locked<(method: Method, path: String)?>(nil)

    init(socket: Int32, peer: PeerAddress) {
        self.socket = socket
        self.peer = peer
    }

    var phase: Phase { look.phase }

    var look: Look { Look(stage: stage.load(ordering: .relaxed)) }

    /// Shuts the socket, unless the connection has gone on since it was looked at: the request that
    /// has begun meanwhile is to be answered.
    ///
    /// - Returns: whether it was shut.
    func giveWay(_ look: Look) -> Bool {
        let leaving = ConnectionStage(.leaving, since: look.since, isNew: look.isNew)
        guard
            stage.compareExchange(expected: look.stage, desired: leaving, ordering: .relaxed)
                .exchanged
        else { return false }
        shut()
        return true
    }

    /// Whether bytes have come that nobody has read: the connection's thread is about to. The end of
    /// what the peer sends, which `poll` would count too, is no request.
    var hasInput: Bool {
        var byte: UInt8 = 0
        return unsafe recv(socket, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) > 0
    }

    /// Enters a phase.
    ///
    /// - Parameters:
    ///   - phase: what the peer is expected to do.
    ///   - now: nanoseconds of `Instant`.
    ///   - limit: when the socket is shut; nanoseconds of `Instant`, `.max` for never.
    ///   - owesBody: whether the bytes are those of a request, so that an answer can still be sent.
    func enter(
        _ phase: Phase, at now: UInt64, until limit: UInt64, owesBody: Bool = false
    ) {
        let before = look
        if before.phase == .still {
            stillNanoseconds.store(now &- before.since, ordering: .relaxed)
        }
        if phase == .waiting {
            requestCount.add(1, ordering: .relaxed)
            forgetStillness()
        }
        // A byte now and then is not what others have to make room for: it goes on being still.
        let still = phase == .still ? stillNanoseconds.load(ordering: .relaxed) : 0
        self.owesBody.store(owesBody, ordering: .relaxed)
        shutInstant.store(limit, ordering: .relaxed)
        let isNew = before.isNew && phase != .header
        stage.store(
            ConnectionStage(phase, since: now &- min(now, still), isNew: isNew),
            ordering: .relaxed)
    }

    /// Counts bytes of a body that the peer has sent or taken, in another phase than `.still`.
    func countMoved(_ byteCount: Int) {
        let moved = movedByteCount.add(byteCount, ordering: .relaxed).newValue
        if moved >= Limits.movedByteCountMin { forgetStillness() }
    }

    /// Looks whether bytes have moved while the peer was waited for: what lies in the socket's buffers
    /// goes on without this program. If so the wait counts from now on. For who is about to end it.
    func lookForMovement(at now: UInt64) {
        let before = look
        guard before.phase == .still, now &- min(now, before.since) >= Self.stillNanosecondsMax
        else { return }
        let moved = holdfast_tcp_moved(socket)
        let start = movedBefore.load(ordering: .relaxed)
        guard moved >= start &+ UInt64(Limits.movedByteCountMin) else { return }
        movedBefore.store(moved, ordering: .relaxed)
        forgetStillness()
        // Fails when the connection has gone on itself.
        let moving = ConnectionStage(.still, since: now, isNew: before.isNew)
        _ = stage.compareExchange(
            expected: before.stage, desired: moving, ordering: .relaxed)
    }

    private static let stillNanosecondsMax = Limits.stillDuration.wholeNanoseconds

    private func forgetStillness() {
        stillNanoseconds.store(0, ordering: .relaxed)
        movedByteCount.store(0, ordering: .relaxed)
    }

    /// Moves the time limit without changing the phase.
    func allow(until limit: UInt64) { shutInstant.store(limit, ordering: .relaxed) }

    /// Shuts the socket if its time has passed. For the watchdog.
    ///
    /// - Parameters:
    ///   - now: nanoseconds of `Instant`.
    ///   - headerNanoseconds: how long a header section may take.
    ///   - watch: what the watchdog remembers about this connection.
    func check(at now: UInt64, headerNanoseconds: UInt64, watch: inout Watch) {
        if phase == .waiting, peer.isTCP { startHeaderClock(at: now, headerNanoseconds, &watch) }
        guard now >= shutInstant.load(ordering: .relaxed) else { return }
        if owesBody.exchange(false, ordering: .relaxed) {
            wasTooLate.store(true, ordering: .relaxed)
            say(Self.lateness)
        }
        shut()
    }

    /// Has the system send what is written at once: pieces are large, and the last one is not to
    /// wait for the client's acknowledgement of the one before.
    func sendWithoutDelay() {
        guard peer.isTCP, !sendsWithoutDelay.exchange(true, ordering: .relaxed) else { return }
        var isOn: Int32 = 1
        unsafe setsockopt(
            socket, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Tells the peer to come again, and shuts the socket. For a connection that has only just come:
    /// whatever it has sent, or is about to, was not looked at.
    func refuse() {
        say(Self.refusal)
        shut()
    }

    private static let refusal = lastWords("503 Service Unavailable\r\nRetry-After: 1")
    private static let lateness = lastWords("408 Request Timeout")

    private static func lastWords(_ head: String) -> Bytes {
        Bytes(utf8: "HTTP/1.1 \(head)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    }

    /// Sends a short answer as far as the socket has room, from another thread than the connection's.
    private func say(_ answer: Bytes) {
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

    /// Whether the peer has closed its end.
    var isAbandoned: Bool {
        var entry = pollfd(fd: socket, events: Int16(holdfast_poll_gone), revents: 0)
        guard unsafe poll(&entry, 1, 0) > 0 else { return false }
        return Int32(entry.revents) & Int32(holdfast_poll_gone) != 0
    }

    /// libmicrohttpd does not tell when the first byte of a request line has come, so the socket's
    /// own count tells: once it has grown while the connection waits, the header clock runs.
    private func startHeaderClock(
        at now: UInt64, _ headerNanoseconds: UInt64, _ watch: inout Watch
    ) {
        let received = holdfast_tcp_received(socket)
        let requests = requestCount.load(ordering: .relaxed)
        let hasStarted =
            watch.requestCount == requests && received > watch.receivedByteCount
        watch = Watch(requestCount: requests, receivedByteCount: received)
        guard hasStarted else { return }
        let limit = shutInstant.load(ordering: .relaxed)
        let wanted = now &+ headerNanoseconds
        // Fails when the request has gone on meanwhile; its own limit holds then.
        if wanted < limit {
            _ = shutInstant.compareExchange(
                expected: limit, desired: wanted, ordering: .relaxed)
        }
    }
}
