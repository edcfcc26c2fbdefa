import Buffers
import Execution

/// A block in memory, with its share of the budget: both go when its last holder lets go of it.
final class HeldBlock: Sendable {
    let bytes: Bytes
    private let share: BudgetShare?

    /// - Parameter share: holds at least the block's bytes; nil for content of a CID, which lies
    ///   inside another block.
    init(_ bytes: Bytes, share: BudgetShare?) {
        self.bytes = bytes
        self.share = share
    }
}
