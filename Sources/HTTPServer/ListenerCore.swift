import Buffers
import CMicroHTTPD
import Execution
import HTTP
import Synchronization

/// What all connections of one listener share.
///
/// `@unchecked Sendable` because of the logger's memory, which nobody changes.
@safe
final class ListenerCore: @unchecked Sendable {
    let options: ListenerOptions
    let handler: Handler
    let counters = ListenerCounters()
    let headerNanoseconds: UInt64
    let idleNanoseconds: UInt64
    let windowNanoseconds: UInt64

    /// Whether connections end with their current exchange.
    let isDraining = Atomic(false)

    /// Whether the time for running exchanges is over: nothing is worked on any more.
    let isEnding = Atomic(false)
    /// Whether what works on answers is to come to an end: soon there are no connections for them.
    let isBreakingOff = Atomic(false)

    /// Counts, while draining, exchanges and connections that have ended.
    let endings = Monitor(0)

    /// What long heads of requests take.
    let heads = ByteBudget(name: "http-heads", limit: Limits.headByteCountMax)
    /// What answers hold whose clients take nothing.
    let heldAnswers = ByteBudget(
        name: "http-answers", limit: Limits.heldAnswerByteCountMax)
    /// What uploads share for gathering what arrives.
    let gathering = ByteBudget(
        name: "http-gathering", limit: Limits.gatheringByteCountMax)

    /// What libmicrohttpd is given for its messages; it outlives the daemon.
    let logger: UnsafeMutablePointer<holdfast_mhd_logger>

    /// From when on newcomers may wait for a place again; nanoseconds of `Instant`.
    private let waitsAgain = Atomic<UInt64>(0)

    /// Connections that have been told to leave and have not ended, beside those that may be open.
    let leavingCountMax: Int

    private let limits: ConnectionLimits
    private let connections = Locked(ConnectionTable())

    init(_ options: ListenerOptions, _ handler: @escaping Handler) {
        self.options = options
        self.handler = handler
        limits = ConnectionLimits(
            max: options.connectionsMax, perClientMax: options.connectionsPerClientMax)
        leavingCountMax = Limits.leavingConnectionCountMax(
            connectionsMax: options.connectionsMax)
        headerNanoseconds = options.headerTimeout.wholeNanoseconds
        idleNanoseconds = options.idleTimeout.wholeNanoseconds
        windowNanoseconds = options.progressWindow.wholeNanoseconds
        unsafe logger = .allocate(capacity: 1)
        unsafe logger.initialize(
            to: holdfast_mhd_logger(
                context: Unmanaged.passUnretained(self).toOpaque(),
                on_message: ListenerCallbacks.message))
    }

    deinit { unsafe logger.deallocate() }

    /// Takes notice of a connection, for which another one may have to leave.
    func connectionStarted(_ connection: Connection) {
        counters.open.add(1, ordering: .relaxed)
        counters.accepted.add(1, ordering: .relaxed)
        let start = Instant.now.nanoseconds
        let isPatient = start >= waitsAgain.load(ordering: .relaxed)
        let time = isPatient ? Limits.placeDuration : Limits.firstRequestDuration
        let end = start &+ time.wholeNanoseconds
        var leavingCount = 0
        while true {
            let now = Instant.now.nanoseconds
            let mayWait = now < end && !isDraining.load(ordering: .relaxed)
            connection.enter(.waiting, at: now, until: now &+ idleNanoseconds)
            // Shut under the lock: only then is it sure that the socket is still open.
            let arrival = connections.withLock { table in
                defer { leavingCount = table.leavingCount }
                return table.add(
                    connection, within: limits, at: now,
                    patience: !isPatient ? .short : mayWait ? .long : .exhausted,
                    mayWait: mayWait)
            }
            if case .added(let hasLeft) = arrival {
                if hasLeft { counters.evicted.add(1, ordering: .relaxed) }
                // Not for long more than half of the time: it is the thread that accepts which waits.
                if isPatient { waitsAgain.store(now &+ (now &- start), ordering: .relaxed) }
                break
            }
            // Who comes behind waits in the kernel's queue meanwhile, which is longer than ours.
            waitAMoment(Limits.roomPeriod)
        }
        // Above its own limit libmicrohttpd closes newcomers without a look at who else could leave. It
        // is the thread that accepts which waits here, so that those that leave can catch up; only a
        // moment, because it also does the last step of their leaving.
        if leavingCount > leavingCountMax / 2 {
            waitAMoment(Limits.endingPeriod)
        }
    }

    func connectionEnded(_ connection: Connection) {
        connections.withLock { $0.remove(connection) }
        counters.open.subtract(1, ordering: .relaxed)
        noteEnding()
    }

    /// The requests that are being worked on, for messages.
    var runningRequests: [String] {
        connections.withLock { $0.connections }.compactMap { connection in
            connection.work.withLock { $0 }.map {
                "\($0.method) \($0.path)".shortened(toByteCount: Limits.shownRequestByteCountMax)
            }
        }
    }

    /// Wakes `drain` if it waits.
    func noteEnding() {
        if isDraining.load(ordering: .sequentiallyConsistent) { endings.notify { $0 &+= 1 } }
    }

    /// Shuts the connections whose time has passed.
    ///
    /// Holds the lock while it does so: only then is it sure that the sockets are still open, and
    /// `shutdown` does not block.
    func checkConnections(at now: UInt64) {
        connections.withLock { $0.check(at: now, headerNanoseconds: headerNanoseconds) }
    }

    /// Whether a peer may have all places: it is a proxy on this machine, or one that the configuration knows of.
    func sharesPlaces(_ peer: PeerAddress) -> Bool {
        peer.isLocal || options.connectionsPerClientMax >= options.connectionsMax
    }

    /// The connections, under their lock.
    func withTable<Result>(_ body: (inout ConnectionTable) -> Result) -> Result {
        connections.withLock { body(&$0) }
    }

    /// Lets connections end.
    func waitAMoment(_ duration: Duration) {
        _ = endings.wait(by: .after(duration)) { _ in Bool?.none }
    }

    /// Shuts all connections.
    func shutConnections() {
        connections.withLock { table in
            for connection in table.connections { connection.shut() }
        }
    }

    /// Shuts the connections that wait for a request, once those have been read that have come.
    ///
    /// - Parameter deadline: ends the wait for requests that do not become complete.
    func shutWaitingConnections(by deadline: Deadline) {
        while connections.withLock({ $0.shutWaiting() }) > 0, !deadline.hasPassed {
            waitAMoment(Limits.endingPeriod)
        }
    }

    /// By when a peer must have moved some bytes: the window, and the time that they take at the
    /// lowest rate.
    func limit(forMoving byteCount: Int, from now: UInt64) -> UInt64 {
        guard options.progressRateMin > 0 else { return .max }
        let seconds = UInt64(byteCount / options.progressRateMin)
        return now &+ windowNanoseconds &+ seconds &* 1_000_000_000
    }

    /// A meter for one body, either way.
    func makeMeter() -> RateMeter {
        RateMeter(rate: options.progressRateMin, windowNanoseconds: windowNanoseconds)
    }

    /// Makes the answer for an error that a handler, a receiver or a budget threw.
    func answer(for error: any Error, to request: Request?) -> Response {
        if let answerable = error as? any Answerable { return answerable.response }
        report("\(request.map { "\($0.method) \($0.path)" } ?? "request"): \(error)")
        return .text(.internalServerError, "500 internal server error\n")
    }

    /// Hands a message of libmicrohttpd to the error log where nothing else tells of it: connections
    /// that it closes because something of the system is used up. What a client alone can bring about,
    /// and what belongs to answers that went another way, does not get here (`holdfast_mhd_is_told`).
    func reportFromLibrary(_ text: String) {
        report(text.last == "\n" ? String(text.dropLast()) : text)
    }

    /// Hands a text that no client may see to the error log.
    func report(_ text: String) {
        options.errorLog?("\(options.name): \(text)")
    }
}
