/// A number of bytes that many jobs share. Acquired before memory is allocated, released after.
///
/// - Invariant: `0 <= used <= limit`, except that one request larger than the whole budget is let
///   through alone: refusing it for ever would make it impossible.
package final class ByteBudget: Sendable {
    private let used = Monitor(0)

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
    package var inUse: Int { used.withLock { $0 } }

    /// Takes bytes if they are free at once.
    ///
    /// - Parameter count: how many.
    /// - Returns: whether they were taken; then `release` must follow.
    package func tryAcquire(_ count: Int) -> Bool {
        used.withLock { take(count, from: &$0) }
    }

    /// Takes bytes, waiting for others to release some.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - deadline: when to give up.
    /// - Returns: whether they were taken; then `release` must follow.
    package func acquire(_ count: Int, by deadline: Deadline) -> Bool {
        used.wait(by: deadline) { take(count, from: &$0) ? true : nil } ?? false
    }

    /// Gives bytes back.
    package func release(_ count: Int) {
        used.notify { used in
            used -= count
            precondition(used >= 0, "more was released than acquired")
        }
    }

    private func take(_ count: Int, from used: inout Int) -> Bool {
        guard used == 0 || used + count <= limit else { return false }
        used += count
        return true
    }
}
