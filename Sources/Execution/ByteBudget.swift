import Synchronization

/// A number of bytes that many jobs share. Acquired before memory is allocated, released after.
///
/// Who comes first is served first, and clients take turns: a large request at the front is not passed by small
/// ones that came after it, nor the first of a client by another's second.
/// Only a `BudgetShare` that holds bytes already goes before the queue, since everybody in the queue
/// waits for its end.
///
/// - Invariant: `0 <= used <= limit`, except that one request larger than the whole budget is let
///   through alone: refusing it for ever would make it impossible.
package final class ByteBudget: Sendable {
    private let state = Locked(ByteBudgetState())
    /// As in the state; may be asked for at every step of every job, without the lock.
    private let waiters = Atomic<Int>(0)

    /// The most that may be in use.
    package let limit: Int

    /// What `/metrics` and messages call it.
    package let name: String

    /// Makes an unused budget.
    package init(name: String, limit: Int) {
        precondition(limit > 0, "a budget needs room")
        self.name = name
        self.limit = limit
    }

    /// How many bytes are in use.
    package var inUse: Int { state.withLock { $0.used } }

    /// How many callers wait for bytes.
    package var waiterCount: Int { waiters.load(ordering: .acquiring) }

    /// Takes bytes if they are free at once and nobody waits for them.
    ///
    /// - Parameter count: how many.
    /// - Returns: whether they were taken; then `release` must follow.
    package func tryAcquire(_ count: Int) -> Bool {
        tryTake(count, .newcomer)
    }

    /// Takes bytes, waiting for others to release some.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - deadline: when to give up.
    ///   - client: for whom: clients take turns. Nil for nobody in particular.
    /// - Returns: whether they were taken; then `release` must follow.
    package func acquire(_ count: Int, by deadline: Deadline, for client: Int? = nil) -> Bool {
        take(count, .newcomer, by: deadline, for: client)
    }

    /// Gives bytes back.
    package func release(_ count: Int) {
        precondition(count >= 0, "what is released has a size")
        // Nobody waits whose bytes are free already.
        guard count > 0 else { return }
        let served = state.withLock { state in
            state.used -= count
            precondition(state.used >= 0, "more was released than acquired")
            return serve(&state)
        }
        for waiter in served { waiter.wake() }
    }

    func tryTake(_ count: Int, _ rank: BudgetWaiter.Rank) -> Bool {
        precondition(count >= 0, "what is acquired has a size")
        return state.withLock { $0.take(count, rank, limit: limit) }
    }

    func take(
        _ count: Int, _ rank: BudgetWaiter.Rank, by deadline: Deadline, for client: Int? = nil
    ) -> Bool {
        precondition(count >= 0, "what is acquired has a size")
        let waiter = state.withLock { state -> BudgetWaiter? in
            if state.take(count, rank, limit: limit) { return nil }
            defer { waiters.store(state.waiterCount, ordering: .releasing) }
            return state.enqueue(count, rank, for: client)
        }
        guard let waiter else { return true }
        if waiter.wait(by: deadline) { return true }
        return giveUp(waiter)
    }

    /// Leaves the queue. Those behind may fit where this one did not.
    ///
    /// - Returns: whether the bytes came at the last moment after all.
    private func giveUp(_ waiter: BudgetWaiter) -> Bool {
        let (wasServed, served) = state.withLock { state in
            guard state.leave(waiter) else { return (true, [BudgetWaiter]()) }
            return (false, serve(&state))
        }
        for waiter in served { waiter.wake() }
        return wasServed
    }

    private func serve(_ state: inout ByteBudgetState) -> [BudgetWaiter] {
        guard state.waiterCount > 0 || waiters.load(ordering: .relaxed) > 0 else { return [] }
        defer { waiters.store(state.waiterCount, ordering: .releasing) }
        return state.serve(limit: limit)
    }
}
