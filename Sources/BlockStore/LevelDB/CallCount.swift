import Execution
import Synchronization

/// Counts calls into a C handle, so that its close can wait for the last of them.
///
/// An atomic and not a lock, because every read of the store passes here on every thread.
final class CallCount: Sendable {
    private static let closedBit = 1 << 62
    private let calls = Atomic<Int>(0)
    /// Only for waiting: the number is what decides.
    private let lastCallEnded = Monitor(false)

    /// Announces a call.
    ///
    /// - Returns: false if the handle is closed or closing; then nothing was announced.
    func begin() -> Bool {
        let count = calls.wrappingAdd(1, ordering: .acquiring).newValue
        guard count & Self.closedBit == 0 else {
            end()
            return false
        }
        return true
    }

    /// Ends a call that `begin` announced.
    func end() {
        let count = calls.wrappingSubtract(1, ordering: .releasing).newValue
        if count == Self.closedBit { lastCallEnded.notify { $0 = true } }
    }

    /// Refuses new calls and waits for those in flight.
    ///
    /// - Returns: whether this was the first time, that is, whether the caller has to close.
    func close() -> Bool {
        let before = calls.bitwiseOr(Self.closedBit, ordering: .acquiringAndReleasing).oldValue
        guard before & Self.closedBit == 0 else { return false }
        // Calls in flight are reads, or one write: each ends by itself.
        _ = lastCallEnded.wait(by: .never) { _ in
            calls.load(ordering: .acquiring) == Self.closedBit ? true : nil
        }
        return true
    }
}
