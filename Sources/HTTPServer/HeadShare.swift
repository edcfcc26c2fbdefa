import Execution

/// The memory of one long head: of the listener's, and of what its client may have of that. Both go back when
/// the exchange lets go of it.
final class HeadShare: Sendable {
    let listeners: BudgetShare
    /// Nil for who may have all of it.
    let clients: BudgetShare?

    init(of heads: ByteBudget, _ clients: ByteBudget?) {
        listeners = BudgetShare(of: heads)
        self.clients = clients.map { BudgetShare(of: $0) }
    }
}
