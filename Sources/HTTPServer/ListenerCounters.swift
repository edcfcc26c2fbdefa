import HTTP
import Synchronization

/// The counts behind `ListenerStatistics`.
final class ListenerCounters: Sendable {
    let open = Atomic<Int>(0)
    let accepted = Atomic<UInt64>(0)
    let evicted = Atomic<UInt64>(0)
    let running = Atomic<Int>(0)
    let broken = Atomic<UInt64>(0)
    let received = Atomic<UInt64>(0)
    let sent = Atomic<UInt64>(0)
    private let informational = Atomic<UInt64>(0)
    private let successful = Atomic<UInt64>(0)
    private let redirected = Atomic<UInt64>(0)
    private let clientErrors = Atomic<UInt64>(0)
    private let serverErrors = Atomic<UInt64>(0)

    func count(_ status: Status) {
        switch status.category {
        case 1: informational.add(1, ordering: .relaxed)
        case 2: successful.add(1, ordering: .relaxed)
        case 3: redirected.add(1, ordering: .relaxed)
        case 4: clientErrors.add(1, ordering: .relaxed)
        default: serverErrors.add(1, ordering: .relaxed)
        }
    }

    var snapshot: ListenerStatistics {
        var result = ListenerStatistics()
        result.openConnections = open.load(ordering: .relaxed)
        result.acceptedConnections = accepted.load(ordering: .relaxed)
        result.evictedConnections = evicted.load(ordering: .relaxed)
        result.runningRequests = running.load(ordering: .relaxed)
        result.brokenExchanges = broken.load(ordering: .relaxed)
        result.receivedByteCount = received.load(ordering: .relaxed)
        result.sentByteCount = sent.load(ordering: .relaxed)
        result.answersByCategory = [
            informational.load(ordering: .relaxed), successful.load(ordering: .relaxed),
            redirected.load(ordering: .relaxed), clientErrors.load(ordering: .relaxed),
            serverErrors.load(ordering: .relaxed),
        ]
        return result
    }
}
