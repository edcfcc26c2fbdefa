package import Execution
import Synchronization

/// A memory for what requests remember and cannot make again, that for walks or that for what is added,
/// with a reserve for one of them at a time (`StateReserve`).
package final class StateMemory: Sendable {
    /// For all requests together.
    package let budget: ByteBudget
    /// For one of them that holds something already and gets no more of that.
    package let reserve: ByteBudget
    /// What one request may hold of both.
    let requestByteCountMax: Int
    /// For the message of who gets none: a noun phrase.
    let what: String
    /// Those who wait for the reserve stand in no line.
    private let waiters = Atomic<Int>(0)

    init(
        _ budget: ByteBudget, reserve: ByteBudget, requestByteCountMax: Int, _ what: String
    ) {
        precondition(
            requestByteCountMax <= budget.limit + reserve.limit, "one request fits into the memory")
        (self.budget, self.reserve) = (budget, reserve)
        self.requestByteCountMax = requestByteCountMax
        self.what = what
    }

    /// Whether somebody waits for it.
    package var isWanted: Bool {
        waiters.load(ordering: .relaxed) + budget.waiterCount + reserve.waiterCount > 0
    }

    /// Notes that a request begins to wait, or ends to.
    func noteWaiter(_ change: Int) { waiters.add(change, ordering: .relaxed) }
}
