import Execution
import Synchronization

/// Writes memtables before they are full, on a thread of its own of which there is at most one.
///
/// Whoever has noticed that memory is short has more to do than to wait for a disk, which may be slow
/// just then. What is asked for while the thread runs is left to the lanes: they write their memtables
/// early while memory is short.
final class MemtableFlush: Sendable {
    private let isRunning = Atomic(false)

    /// Starts it.
    ///
    /// - Parameter flush: writes the memtables.
    /// - Returns: false where it runs already, or the system has no thread.
    @discardableResult
    func start(_ flush: @escaping @Sendable () -> Void) -> Bool {
        guard !isRunning.exchange(true, ordering: .relaxed) else { return false }
        let thread = Thread(ifPossible: "memtable-flush") { [self] in
            flush()
            isRunning.store(false, ordering: .relaxed)
        }
        if thread == nil { isRunning.store(false, ordering: .relaxed) }
        return thread != nil
    }
}
