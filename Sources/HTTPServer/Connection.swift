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
        /// To send more of a body: nothing of an answer has gone out.
        case owing
        /// To take more of an answer.
        case still
        /// Nothing: the handler is at work, or a body moves.
        case busy
        /// Nothing any more: it was told to leave. Its thread may not know yet, and enter another.
        case leaving

        /// Whether the bytes of a body are waited for, either way: this program can do nothing before they
        /// have moved.
        var isStill: Bool { self == .owing || self == .still }
    }

    /// What was seen of a connection at one time.
    struct Look {
        let stage: ConnectionStage

        var phase: Phase { stage.phase }
        /// Whether no request has come on it yet.
        var isNew: Bool { stage.isNew }
        /// When the phase was entered; nanoseconds of `Instant`.
        var since: UInt64 { stage.since }
    }

    let socket: Int32
    let peer: PeerAddress
    let stage = Atomic(ConnectionStage(.waiting, since: 0, isNew: true))
    let shutInstant = Atomic<UInt64>(.max)
    let requestCount = Atomic<UInt64>(0)
    /// The status of the last words, when the peer had to leave before its request was answered; or 0.
    let lastWords = Atomic(0)
    let shutMark = Atomic(false)
    /// Memory that is counted for the head of the request that is worked on, where that is long.
    let headByteCount = Atomic(0)

    /// Whether the end of the connection is the end of the answer that is on its way.
    let endsWithAnswer = Atomic(false)
    private let sendsWithoutDelay = Atomic(false)
    /// How long the peer has been waited for since it last moved something worth the name, and what
    /// has moved meanwhile. The connection's own thread counts.
    private let stillNanoseconds = Atomic<UInt64>(0)
    private let movedByteCount = Atomic<Int>(0)
    /// What the system had moved for the peer when it was last looked at. To look when a wait begins would
    /// be a system call for each request, and would only save one wait of those who have moved nothing.
    let movedBefore = Atomic<UInt64>(0)

    /// The request that is being worked on, for messages; nil between two requests.
    let work = Locked<(method: Method, path: String)?>(nil)

    init(socket: Int32, peer: PeerAddress) {
        self.socket = socket
        self.peer = peer
    }

    var phase: Phase { look.phase }

    var look: Look { Look(stage: stage.load(ordering: .relaxed)) }

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
    /// - Returns: false when the connection has been told to leave: nothing may be sent any more.
    @discardableResult
    func enter(_ phase: Phase, at now: UInt64, until limit: UInt64) -> Bool {
        let before = look
        if before.phase.isStill {
            stillNanoseconds.store(now &- before.since, ordering: .relaxed)
        }
        if phase == .waiting {
            requestCount.add(1, ordering: .relaxed)
            forgetStillness()
        }
        // A byte now and then is not what others have to make room for: it goes on being still.
        let still = phase.isStill ? stillNanoseconds.load(ordering: .relaxed) : 0
        shutInstant.store(limit, ordering: .relaxed)
        let isNew = before.isNew && phase != .header
        let next = ConnectionStage(phase, since: now &- min(now, still), isNew: isNew)
        return stage.exchange(next, ordering: .relaxed).phase != .leaving
    }

    /// Counts bytes of a body that the peer has sent or taken, in another phase than `.still`.
    func countMoved(_ byteCount: Int) {
        let moved = movedByteCount.add(byteCount, ordering: .relaxed).newValue
        if moved >= Limits.movedByteCountMin { forgetStillness() }
    }

    func forgetStillness() {
        stillNanoseconds.store(0, ordering: .relaxed)
        movedByteCount.store(0, ordering: .relaxed)
    }

    /// Moves the time limit without changing the phase.
    func allow(until limit: UInt64) { shutInstant.store(limit, ordering: .relaxed) }

    /// Has the system send what is written at once: pieces are large, and the last one is not to
    /// wait for the client's acknowledgement of the one before.
    func sendWithoutDelay() {
        guard peer.isTCP, !sendsWithoutDelay.exchange(true, ordering: .relaxed) else { return }
        var isOn: Int32 = 1
        unsafe setsockopt(
            socket, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Whether so much has come that nobody has read that there may be no room for the end of the
    /// connection behind it.
    var hidesItsEnd: Bool {
        holdfast_unread_byte_count(socket) > Int32(Limits.unreadByteCountMax)
    }

    /// Whether the peer has closed its end.
    var isAbandoned: Bool {
        var entry = pollfd(fd: socket, events: Int16(holdfast_poll_gone), revents: 0)
        guard unsafe poll(&entry, 1, 0) > 0 else { return false }
        return Int32(entry.revents) & Int32(holdfast_poll_gone) != 0
    }
}
