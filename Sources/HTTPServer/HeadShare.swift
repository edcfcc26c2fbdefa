import Execution

/// The memory of one long head: its part of the listener's, and of what its client may have of that. Both go
/// back when the exchange lets go of it.
final class HeadShare: Sendable {
    private let memory: BudgetShare
    private let giveBack: @Sendable () -> Void

    /// - Parameters:
    ///   - memory: the listener's.
    ///   - giveBack: gives back the client's part; called once.
    init(_ memory: BudgetShare, giveBack: @escaping @Sendable () -> Void) {
        (self.memory, self.giveBack) = (memory, giveBack)
    }

    deinit {
        memory.shrink(by: memory.byteCount)
        giveBack()
    }
}
