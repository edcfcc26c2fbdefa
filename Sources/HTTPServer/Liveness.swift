import Execution
import Synchronization

/// Tells whether anybody still waits for an answer. What works on one asks between two steps, from
/// whatever thread it runs on, and ends when the answer is no.
///
/// Nobody waits any more when the peer has closed its end of the connection, when the connection was
/// shut because a limit of time had passed, when the listener stops and the time for what was
/// running is over, and when the exchange itself is over. Nor where a client has sent so much behind its
/// request that it could not be seen leaving.
package final class Liveness: Sendable {
    private let core: ListenerCore?

    /// The connection while the exchange lasts: its socket is certainly open then. nil afterwards,
    /// and always for a request without a connection.
    private let connection: Locked<Connection?>

    /// Whether the whole request has been read.
    private let isWhole = Atomic(false)

    /// Of a request without a connection: always wanted.
    init() {
        core = nil
        connection = Locked(nil)
    }

    init(_ core: ListenerCore, _ connection: Connection) {
        self.core = core
        self.connection = Locked(connection)
    }

    /// Whether the answer is still waited for. Once it is not, it never is again.
    ///
    /// - Complexity: two system calls.
    package var isWanted: Bool {
        guard let core else { return true }
        if core.isBreakingOff.load(ordering: .relaxed) { return false }
        let isWhole = isWhole.load(ordering: .relaxed)
        return connection.withLock { connection in
            guard let connection, !connection.isAbandoned else { return false }
            return !isWhole || !connection.hidesItsEnd
        }
    }

    /// Says that the whole request has been read: what still comes does not belong to it.
    func noteWhole() { isWhole.store(true, ordering: .relaxed) }

    /// Says that the exchange is over; no thread looks at the socket after that.
    func end() { connection.withLock { $0 = nil } }
}
