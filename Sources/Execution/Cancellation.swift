import Synchronization

/// Tells a long job that nobody wants its result any more. The job asks between blocks.
package final class Cancellation: Sendable {
    private let flag = Atomic<Bool>(false)

    /// Starts without having been cancelled.
    package init() {}

    /// Asks the job to stop. May be called from any thread, and more than once.
    package func cancel() { flag.store(true, ordering: .releasing) }

    /// Whether the job should stop.
    package var isCancelled: Bool { flag.load(ordering: .acquiring) }
}
