import Buffers
import CMicroHTTPD
import Execution
import Glibc
import HTTP
import Synchronization

/// One request and its answer, on the connection's own thread.
///
/// libmicrohttpd calls the access handler once with the header section, once per piece of the body
/// and once at the end; this is the state between these calls, and what comes of the later ones. The
/// first one is in `Exchange+Beginning.swift`. How an answer goes out is in `Exchange+Answering.swift`;
/// bodies that are not short and of known length are read in `Exchange+Alone.swift`.
@safe
final class Exchange {
    enum Stage {
        /// Before the handler was asked.
        case fresh
        /// The handler wants the body.
        case receiving(any BodyReceiver)
        /// The answer is known and waits for the end of a short body, so that the connection lives.
        case skipping(Response)
        /// The answer is queued, or was sent on the bare socket.
        case answered
    }

    let core: ListenerCore
    let connection: Connection
    let handle: OpaquePointer
    let rawTarget: String
    let targetStart: UnsafePointer<CChar>?
    let targetEnd: UnsafePointer<CChar>?
    var stage = Stage.fresh
    var request: Request?
    var status: Status?
    var start: UInt64 = 0
    var lastExit: UInt64 = 0
    private var meter: RateMeter
    private var pending = ByteWriter(capacity: 0)
    var mustLinger = false
    var keepsAlive = false
    var isVersion10 = false
    var diversion: SocketDiversion?
    /// What the client gets in place of libmicrohttpd's answer, which is diverted.
    var refusal: Response?

    /// Whether the exchange came to its proper end; nil where libmicrohttpd knows better than we do.
    var endedWell: Bool?

    /// What the request's head takes of libmicrohttpd's memory for the connection.
    var headMemoryByteCount = 0

    /// Has room for the request's head, where that is long.
    var headShare: HeadShare?

    /// Of a body that we read ourselves; nil for one in chunks.
    var bodyLength: UInt64?

    /// Whether the client waits for a `100 Continue` before it sends that body.
    var mustSayContinue = false

    /// Bytes of the request's body.
    private(set) var receivedByteCount: UInt64 = 0

    /// Whether the method is HEAD.
    var isHead = false

    let liveness: Liveness

    /// Whether the connection was told to leave before the request line was taken: it may not be answered.
    let cameTooLate: Bool

    /// Bytes of the answer's body that were handed to libmicrohttpd or to the socket.
    private(set) var sentByteCount: UInt64 = 0

    /// Begins when the request line has arrived.
    ///
    /// - Parameters:
    ///   - core: of the listener.
    ///   - connection: that the request came on.
    ///   - handle: libmicrohttpd's name for the connection.
    ///   - target: the raw target in the memory of the connection; nil without one.
    init(
        _ core: ListenerCore, _ connection: Connection, _ handle: OpaquePointer,
        target: UnsafePointer<CChar>?
    ) {
        self.core = core
        self.connection = connection
        unsafe self.handle = unsafe handle
        if let target = unsafe target {
            rawTarget = unsafe String(validatingCString: target) ?? ""
            unsafe targetStart = unsafe target
            unsafe targetEnd = unsafe target + strlen(target)
        } else {
            rawTarget = ""
            unsafe targetStart = nil
            unsafe targetEnd = nil
        }
        unsafe UnreadParts.hide(of: handle, target: target)
        liveness = Liveness(core, connection)
        meter = core.makeMeter()
        let now = Instant.now.nanoseconds
        cameTooLate = !connection.enter(.header, at: now, until: now &+ core.headerNanoseconds)
    }

    /// Counts bytes of the request's body.
    ///
    /// A call and not `+=` from outside: where the exchange is a field of a struct that cannot be copied,
    /// Swift 6.3 tells the thread sanitizer that the first field of that struct is what is written.
    func countReceived(_ byteCount: Int) { receivedByteCount += UInt64(byteCount) }

    /// Counts bytes of the answer's body; a call as above.
    func countSent(_ byteCount: Int) { sentByteCount += UInt64(byteCount) }

    /// Whether the header section has been taken.
    var hasBegun: Bool { start != 0 }

    /// Whether the whole exchange has taken longer than is allowed.
    func isOverdue(at now: UInt64) -> Bool {
        guard let limit = request?.deadline.instant else { return false }
        return now >= limit.nanoseconds
    }

    /// By when a peer must have taken some bytes. Where no rate is asked for, the end of the exchange
    /// holds, with time left for an answer that says so: nobody waits for ever.
    func limit(forMoving byteCount: Int, from now: UInt64) -> UInt64 {
        let byRate = core.limit(forMoving: byteCount, from: now)
        guard byRate == .max else { return byRate }
        return max(request?.deadline.instant?.nanoseconds ?? 0, now &+ core.windowNanoseconds)
    }

    /// By when more of the request's body must have come: the rate says so, and the end of the exchange.
    /// Where that has come before the body did, the answer may be there, and there is a moment left for it.
    func bodyLimit(from now: UInt64) -> UInt64 {
        let end = request?.deadline.instant?.nanoseconds ?? .max
        return min(
            core.limit(forMoving: 0, from: now),
            max(end, now &+ Limits.drainDuration.wholeNanoseconds))
    }

    /// What the error log calls this exchange.
    var targetForLog: String { request?.path ?? "a refused request" }

    // MARK: The calls behind the first one

    /// Takes a piece of a body that nobody wants, or of one that is short.
    ///
    /// - Returns: no, when the exchange is over and the connection is to be closed.
    func receive(_ piece: UnsafeRawBufferPointer) -> MHD_Result {
        let now = Instant.now.nanoseconds
        guard connection.enter(.busy, at: now, until: .max) else { return .NO }
        connection.countMoved(piece.count)
        countReceived(piece.count)
        guard meter.isFastEnough(bytes: piece.count, in: now &- lastExit) else {
            return answerEarly(BodyTooSlow().response)
        }
        if case .receiving = stage { unsafe pending.append(piece) }
        return awaitBody()
    }

    /// Answers at the end of the body.
    func end() -> MHD_Result {
        guard connection.enter(.busy, at: Instant.now.nanoseconds, until: .max) else { return .NO }
        liveness.noteWhole()
        switch stage {
        case .skipping(let response):
            return queue(response)
        case .receiving(let receiver):
            if let error = deliver() { return queue(core.answer(for: error, to: request)) }
            do {
                let response = try receiver.finish()
                stage = .answered
                return queue(response)
            } catch {
                stage = .answered
                return queue(core.answer(for: error, to: request))
            }
        case .fresh, .answered:
            return .NO
        }
    }

    /// Gives control back to libmicrohttpd, which waits for the next piece of the body, or calls again at
    /// once where there is none.
    ///
    /// - Parameter isOwed: whether there is one.
    func awaitBody(isOwed: Bool = true) -> MHD_Result {
        lastExit = Instant.now.nanoseconds
        if isOwed {
            connection.enter(.owing, at: lastExit, until: bodyLimit(from: lastExit))
        } else {
            connection.enter(.still, at: lastExit, until: limit(forMoving: 0, from: lastExit))
        }
        return .YES
    }

    /// Is told by libmicrohttpd that everything was sent, or that the connection broke.
    func complete(isClean: Bool) {
        if case .receiving(let receiver) = stage { receiver.abandon() }
        liveness.end()
        diversion = nil
        sendRefusal()
        // Without a beginning it was libmicrohttpd that refused, perhaps in the middle of the head.
        if mustLinger || !hasBegun { Lingering.drop(on: connection.socket) }
        connection.work.withLock { $0 = nil }
        connection.headByteCount.store(0, ordering: .relaxed)
        headShare = nil
        let now = Instant.now.nanoseconds
        let lastWords = connection.lastWords.load(ordering: .relaxed)
        if lastWords != 0 { status = Status(lastWords) }
        if start != 0 { count(isClean: endedWell ?? isClean, at: now) }
        connection.enter(.waiting, at: now, until: now &+ core.idleNanoseconds)
        core.noteEnding()
    }

    // MARK: Receiving

    /// Hands the collected bytes to the receiver.
    ///
    /// - Returns: what the receiver threw.
    private func deliver() -> (any Error)? {
        guard case .receiving(let receiver) = stage, pending.count > 0 else { return nil }
        let piece = pending.takeBytes()
        do {
            if isOverdue(at: Instant.now.nanoseconds) { throw DeadlinePassed() }
            try receiver.receive(piece)
            return nil
        } catch {
            stage = .answered
            receiver.abandon()
            return error
        }
    }

    // MARK: Counting

    private func count(isClean: Bool, at now: UInt64) {
        // In one order with `isDraining`: `drain` must see either the number or the notification.
        core.counters.running.subtract(1, ordering: .sequentiallyConsistent)
        core.counters.received.add(receivedByteCount, ordering: .relaxed)
        core.counters.sent.add(sentByteCount, ordering: .relaxed)
        if let status { core.counters.count(status) }
        if !isClean { core.counters.broken.add(1, ordering: .relaxed) }
        guard let log = core.options.accessLog else { return }
        log(
            AccessRecord(
                listenerName: core.options.name, peer: connection.peer.text,
                method: request?.method.rawValue ?? "", target: rawTarget, status: status,
                receivedByteCount: receivedByteCount, sentByteCount: sentByteCount,
                duration: .nanoseconds(now &- start), isComplete: isClean))
    }
}
