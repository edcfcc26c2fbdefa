import Synchronization

/// What one job holds of a budget, in an amount that changes: the memory of a request. Its bytes go
/// back when the share goes away.
///
/// May be used by several threads at once.
///
/// - Invariant: all shares of a budget together hold at most its limit. A share is never let through
///   with more, not even when it is alone: it could grow for ever.
package final class BudgetShare: Sendable {
    private let budget: ByteBudget
    private let held = Atomic<Int>(0)

    /// Starts with nothing.
    package init(of budget: ByteBudget) { self.budget = budget }

    deinit { budget.release(held.load(ordering: .relaxed)) }

    /// Bytes that it holds.
    package var byteCount: Int { held.load(ordering: .relaxed) }

    /// Takes more bytes if they are free at once. A share that holds some already goes before those
    /// who wait for their first.
    ///
    /// - Parameter count: how many more.
    /// - Returns: whether it has them now.
    package func grow(by count: Int) -> Bool {
        guard budget.tryTake(count, rank) else { return false }
        held.wrappingAdd(count, ordering: .relaxed)
        return true
    }

    /// Takes more bytes, waiting for others to give some back.
    ///
    /// - Parameters:
    ///   - count: how many more.
    ///   - deadline: when to give up. Two shares that both wait for more of a full budget wait for
    ///     each other: `.never` is not for here.
    ///   - client: for whom: clients take turns. Nil for nobody in particular.
    /// - Returns: whether it has them now. False at once for what the budget can never give.
    package func grow(by count: Int, deadline: Deadline, for client: Int? = nil) -> Bool {
        guard count <= budget.limit - byteCount,
            budget.take(count, rank, by: deadline, for: client)
        else { return false }
        held.wrappingAdd(count, ordering: .relaxed)
        return true
    }

    /// Gives a part of its bytes back.
    ///
    /// - Parameter count: how many; at most what it holds.
    package func shrink(by count: Int) {
        guard count != 0 else { return }
        let rest = held.wrappingSubtract(count, ordering: .relaxed).newValue
        precondition(rest >= 0, "a share gives back what it holds")
        budget.release(count)
    }

    private var rank: BudgetWaiter.Rank { byteCount > 0 ? .holder : .firstOfShare }
}
