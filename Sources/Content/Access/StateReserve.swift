import Execution
import Synchronization

/// What one request holds of a memory for what cannot be made again, that for walks or that for what is
/// added, and its access to the reserve behind that.
///
/// The reserve is for one request at a time, which keeps it until it needs it no more: while all others
/// that hold something wait for each other, that one comes to its end.
final class StateReserve: Sendable {
    private struct Turn {
        let share: BudgetShare
        var usedByteCount = 0
    }

    private let turn = Locked<Turn?>(nil)
    private let stateByteCount = Atomic<Int>(0)

    /// Whether the request holds memory that others may wait for.
    var holdsState: Bool { stateByteCount.load(ordering: .relaxed) > 0 }

    /// Bytes that the request holds of the memory and of the reserve.
    var heldByteCount: Int {
        stateByteCount.load(ordering: .relaxed) + turn.withLock { $0?.usedByteCount ?? 0 }
    }

    /// Notes what a share of the request has taken of the budget, or given back.
    func noteState(_ byteCount: Int) { stateByteCount.add(byteCount, ordering: .relaxed) }

    /// Takes bytes from the reserve.
    ///
    /// - Parameters:
    ///   - byteCount: how many.
    ///   - budget: the reserve.
    /// - Returns: false where another request has it, it has less, or this request holds nothing that others
    ///   wait for.
    func take(_ byteCount: Int, from budget: ByteBudget) -> Bool {
        turn.withLock { turn in
            if turn == nil {
                let share = BudgetShare(of: budget)
                guard holdsState, share.grow(by: budget.limit) else { return false }
                turn = Turn(share: share)
            }
            guard let used = turn?.usedByteCount, used + byteCount <= budget.limit else {
                return false
            }
            turn?.usedByteCount = used + byteCount
            return true
        }
    }

    /// Gives bytes back; with the last of them it is another request's turn.
    func giveBack(_ byteCount: Int) {
        guard byteCount > 0 else { return }
        turn.withLock { turn in
            guard let used = turn?.usedByteCount else { return }
            turn = used > byteCount ? turn : nil
            turn?.usedByteCount = used - byteCount
        }
    }
}
