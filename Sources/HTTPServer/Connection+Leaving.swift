import Buffers
import CMicroHTTPD
import Glibc
import HTTP
import Synchronization

/// How a connection is ended by another thread than its own.
extension Connection {
    /// Shuts the socket, unless the connection has gone on since it was looked at: the request that
    /// has begun meanwhile is to be answered. Where a request is on its way, the peer is told to come again.
    ///
    /// - Returns: whether it was shut.
    func giveWay(_ look: Look) -> Bool {
        guard leave(from: look) else { return false }
        let isAsking =
            switch look.phase {
            // Who has had an answer knows that a connection can end.
            case .waiting: look.isNew
            case .header, .owing: true
            // The head of an answer may have gone out.
            case .still, .busy, .leaving: false
            }
        if isAsking { say(.refusal) }
        shut()
        return true
    }

    /// Claims the connection for who ends it.
    ///
    /// - Returns: false when it has gone on since it was looked at.
    func leave(from look: Look) -> Bool {
        let leaving = ConnectionStage(.leaving, since: look.since, isNew: look.isNew)
        return stage.compareExchange(expected: look.stage, desired: leaving, ordering: .relaxed)
            .exchanged
    }

    /// Tells the peer to come again, and shuts the socket. For a connection that has only just come:
    /// whatever it has sent, or is about to, was not looked at.
    func refuse() {
        say(.refusal)
        shut()
    }

    /// Sends a short answer as far as the socket has room, from another thread than the connection's.
    func say(_ words: LastWords) {
        lastWords.store(words.status.code, ordering: .relaxed)
        _ = unsafe words.bytes.withUnsafeBytes {
            unsafe send(
                socket, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
        }
    }

    /// Ends reading and writing at once; the connection's thread then finds the socket closed.
    func shut() {
        shutMark.store(true, ordering: .sequentiallyConsistent)
        if endsWithAnswer.load(ordering: .sequentiallyConsistent) {
            Lingering.reset(socket)
        } else {
            _ = Glibc.shutdown(socket, Int32(SHUT_RDWR))
        }
    }

    /// Whether `shut()` was called.
    var wasShut: Bool { shutMark.load(ordering: .sequentiallyConsistent) }
}
