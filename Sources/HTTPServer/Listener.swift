import CMicroHTTPD
package import Execution
import Glibc
import Synchronization

/// One HTTP/1.1 listener: accepts connections and hands their requests to a handler, one thread per
/// connection.
///
/// The one fence around libmicrohttpd. TLS and HTTP/2 are left to a reverse proxy for now.
///
/// `@unchecked Sendable` because libmicrohttpd's handle may be used from any thread, and only while
/// a call is counted in `state`; everything else is immutable or shared safely.
@safe
package final class Listener: @unchecked Sendable {
    /// What it was made with.
    package let options: ListenerOptions

    /// The port, also when the options asked for any free one; nil without TCP.
    package let port: UInt16?

    @safe
    private struct State {
        var daemon: OpaquePointer?
        var callsInFlight = 0
        var isQuiesced = false
        /// The listening socket, once libmicrohttpd has given it back.
        var socket: Int32?
        var hasStopped = false
    }

    let core: ListenerCore
    /// Of a Unix socket.
    private let entry: SocketEntry?
    private let state: Monitor<State>
    private let isWatching = Monitor(true)
    private let watchdog: Thread

    /// Starts to listen.
    ///
    /// - Parameters:
    ///   - options: where, and the limits.
    ///   - handler: decides about each request.
    /// - Throws: a message that says what to do when the address cannot be had.
    package init(_ options: ListenerOptions, handler: @escaping Handler) throws(HTTPServerError) {
        let socket = try ListeningSocket.open(options.address)
        let number = ListeningSocket.inode(of: socket)
        entry = if case .unix(let path) = options.address { SocketEntry(at: path) } else { nil }
        let core = ListenerCore(options, handler)
        guard let daemon = unsafe Self.start(core, socket) else {
            let code = errno
            entry?.remove()
            // libmicrohttpd closes it where it fails late, and not where it fails early.
            if socket >= 0, ListeningSocket.inode(of: socket) == number { close(socket) }
            throw ListeningSocket.system("start the listener \(options.name)", code)
        }
        self.options = options
        self.core = core
        port = socket >= 0 ? ListeningSocket.port(of: socket) : nil
        state = unsafe Monitor(State(daemon: daemon))
        let isWatching = isWatching
        watchdog = Thread(name: "http-watchdog") { Self.watch(core, while: isWatching) }
    }

    deinit { stop() }

    /// The counts since the start.
    package var statistics: ListenerStatistics { core.counters.snapshot }

    /// The requests that are being worked on, such as `GET /ipfs/…`; long paths are shortened.
    package var runningRequests: [String] { core.runningRequests }

    /// Takes over a connected stream socket as a connection of its own.
    ///
    /// - Parameter socket: belongs to the listener from now on.
    /// - Throws: when the listener has stopped; the socket is closed then. Where there is no room for
    ///   another connection, it is closed as one that was accepted would be.
    package func adopt(socket: Int32) throws(HTTPServerError) {
        var address = sockaddr(
            sa_family: sa_family_t(AF_UNSPEC), sa_data: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
        let length = socklen_t(MemoryLayout<sa_family_t>.size)
        let result = unsafe withDaemon { daemon in
            unsafe MHD_add_connection(daemon, socket, &address, length)
        }
        guard let result else {
            close(socket)
            throw HTTPServerError(
                code: .system, message: "the listener \(options.name) has stopped")
        }
        guard result == .YES else {
            // libmicrohttpd has closed the socket.
            throw HTTPServerError(
                code: .system,
                message: "the listener \(options.name) has too many connections: try again later")
        }
    }

    /// Makes a connection from within the process.
    ///
    /// - Returns: the client's end of a socket pair; the caller closes it.
    /// - Throws: as `adopt`, and when no more files can be opened.
    package func connect() throws(HTTPServerError) -> Int32 {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw ListeningSocket.system("make a pair of sockets", errno)
        }
        do {
            try adopt(socket: ends[0])
        } catch {
            close(ends[1])
            throw error
        }
        return ends[1]
    }

    /// Takes no more connections, waits for running exchanges, then stops.
    ///
    /// - Parameter deadline: exchanges that run longer are broken off. Their handlers are told a moment before:
    ///   who has done half of something says so in an answer.
    package func drain(by deadline: Deadline) {
        core.isDraining.store(true, ordering: .sequentiallyConsistent)
        quiesce()
        core.shutWaitingConnections(by: deadline.earlier(.after(Limits.drainDuration)))
        let margin = min(Limits.lastAnswersDuration, (deadline.remaining ?? .zero) / 4)
        let hasEnded = waitForExchanges(by: deadline.before(by: margin))
        core.isBreakingOff.store(true, ordering: .sequentiallyConsistent)
        if !hasEnded { waitForExchanges(by: deadline) }
        stop()
    }

    /// - Returns: whether none runs.
    @discardableResult
    private func waitForExchanges(by deadline: Deadline) -> Bool {
        let core = core
        return core.endings.wait(by: deadline) { _ in
            core.counters.running.load(ordering: .sequentiallyConsistent) == 0 ? true : nil
        } ?? false
    }

    /// Breaks all connections off and returns when their threads have ended, whoever else stops it
    /// too.
    ///
    /// - Blocking: as long as the slowest handler; handlers see `Request.liveness`.
    package func stop() {
        quiesce()
        let daemon = unsafe state.withLock { state in
            defer { unsafe state.daemon = nil }
            return unsafe state.daemon
        }
        guard let daemon = unsafe daemon else {
            _ = state.wait(by: .never) { $0.hasStopped ? true : nil }
            return
        }
        _ = state.wait(by: .never) { $0.callsInFlight == 0 ? true : nil }
        isWatching.notify { $0 = false }
        watchdog.join()
        core.isBreakingOff.store(true, ordering: .sequentiallyConsistent)
        core.isEnding.store(true, ordering: .sequentiallyConsistent)
        core.shutConnections()
        unsafe MHD_stop_daemon(daemon)
        unsafe Unmanaged.passUnretained(core).release()
        entry?.remove()
        if let socket = state.withLock({ $0.socket }) { close(socket) }
        state.notify { $0.hasStopped = true }
    }

    /// Stops accepting. The listening socket is ours from then on; its number stays taken until the
    /// daemon has stopped, because the accepting thread may be about to use it.
    private func quiesce() {
        let mustQuiesce = state.withLock { state in
            defer { state.isQuiesced = true }
            return !state.isQuiesced
        }
        guard mustQuiesce, options.address != .inProcess else { return }
        _ = unsafe withDaemon { daemon in
            let socket = unsafe MHD_quiesce_daemon(daemon)
            guard socket >= 0 else { return }
            // Who comes now is refused at once. Not where the socket is also the parent's, whose next
            // child takes it over.
            if case .inherited = options.address {} else { shutdown(socket, Int32(SHUT_RDWR)) }
            state.withLock { $0.socket = socket }
        }
    }

    /// Lends the daemon while the call is counted, so that `stop` cannot free it meanwhile.
    private func withDaemon<Result>(_ body: (OpaquePointer) -> Result) -> Result? {
        let daemon = unsafe state.withLock { state in
            if unsafe state.daemon != nil { state.callsInFlight += 1 }
            return unsafe state.daemon
        }
        guard let daemon = unsafe daemon else { return nil }
        defer { state.notify { $0.callsInFlight -= 1 } }
        return unsafe body(daemon)
    }

    /// Starts libmicrohttpd; it holds a reference to the core, which `stop` gives back.
    private static func start(_ core: ListenerCore, _ socket: Int32) -> OpaquePointer? {
        let context = unsafe Unmanaged.passRetained(core)
        var setup = unsafe holdfast_mhd_setup(
            listening_socket: socket,
            connection_limit: UInt32(core.options.connectionsMax + core.leavingCountMax),
            pool_byte_count: core.options.connectionMemoryByteCount,
            stack_byte_count: Limits.stackByteCount, context: context.toOpaque(),
            on_request: ListenerCallbacks.request, on_target: ListenerCallbacks.target,
            on_connection: ListenerCallbacks.connection,
            on_completed: ListenerCallbacks.completed, unescape: ListenerCallbacks.unescape,
            logger: core.logger)
        let daemon = unsafe holdfast_mhd_start(&setup)
        if unsafe daemon == nil { unsafe context.release() }
        return unsafe daemon
    }

    /// Looks after the connections' time limits until the listener stops.
    private static func watch(_ core: ListenerCore, while isWatching: Monitor<Bool>) {
        let shortest = min(
            core.headerNanoseconds, core.idleNanoseconds, core.windowNanoseconds)
        let period = min(
            Limits.watchdogPeriod, .nanoseconds(max(shortest / 4, 1_000_000)))
        while isWatching.wait(by: .after(period), until: { $0 ? nil : true }) == nil {
            core.checkConnections(at: Instant.now.nanoseconds)
        }
    }
}
