import Execution

/// Whether the node as a whole is there for others, beside the health of its store.
final class Readiness: Sendable {
    /// Where the node is between its start and its end.
    enum Phase {
        /// It listens, but commands do not find it yet. Exits: `serving`, `stopping`.
        case starting
        /// Whoever looks finds it. Exit: `stopping`.
        case serving
        /// It was told to stop. No exit.
        case stopping
    }

    private let state: Locked<Phase>

    /// Starts in a phase.
    init(_ phase: Phase = .starting) { state = Locked(phase) }

    /// Where the node is.
    var phase: Phase { state.withLock { $0 } }

    /// Tells that the node can be found; too late for one that is stopping.
    func serve() { state.withLock { if $0 == .starting { $0 = .serving } } }

    /// Tells that the node stops.
    func stop() { state.withLock { $0 = .stopping } }
}
