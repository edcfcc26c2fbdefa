import Execution
import HTTP
import Synchronization

/// What all connections of one listener share.
final class ListenerCore: Sendable {
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

    /// Counts, while draining, exchanges and connections that have ended.
    let endings = Monitor(0)

    private struct Entry {
        let connection: Connection
        var watch = Connection.Watch()
    }

    private let connections = Locked<[ObjectIdentifier: Entry]>([:])

    init(_ options: ListenerOptions, _ handler: @escaping Handler) {
        self.options = options
        self.handler = handler
        headerNanoseconds = options.headerTimeout.wholeNanoseconds
        idleNanoseconds = options.idleTimeout.wholeNanoseconds
        windowNanoseconds = options.progressWindow.wholeNanoseconds
    }

    func connectionStarted(_ connection: Connection) {
        connection.enter(.waiting, until: Instant.now.nanoseconds &+ idleNanoseconds)
        connections.withLock { $0[ObjectIdentifier(connection)] = Entry(connection: connection) }
        counters.open.add(1, ordering: .relaxed)
        counters.accepted.add(1, ordering: .relaxed)
    }

    func connectionEnded(_ connection: Connection) {
        _ = connections.withLock { $0.removeValue(forKey: ObjectIdentifier(connection)) }
        counters.open.subtract(1, ordering: .relaxed)
        noteEnding()
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
        connections.withLock { connections in
            var index = connections.startIndex
            while index < connections.endIndex {
                let connection = connections.values[index].connection
                connection.check(
                    at: now, headerNanoseconds: headerNanoseconds,
                    watch: &connections.values[index].watch)
                connections.formIndex(after: &index)
            }
        }
    }

    /// Shuts the connections that wait for a request, or all of them.
    func shutConnections(onlyWaiting: Bool) {
        connections.withLock { connections in
            for entry in connections.values
            where !onlyWaiting || entry.connection.phase == .waiting {
                entry.connection.shut()
            }
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

    /// Hands a text that no client may see to the error log.
    func report(_ text: String) {
        options.errorLog?("\(options.name): \(text)")
    }
}
