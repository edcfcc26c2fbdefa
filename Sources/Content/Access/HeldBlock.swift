import Buffers
import Execution
import UnixFS

/// A block in memory, with its share of the budget: both go when its last holder lets go of it.
final class HeldBlock: KeptBlock {
    let bytes: Bytes
    private let share: BudgetShare?
    /// The block that these bytes are a part of.
    private let outer: HeldBlock?

    /// - Parameter share: holds at least the block's bytes; nil for content of a CID, which lies
    ///   inside another block.
    init(_ bytes: Bytes, share: BudgetShare?) {
        (self.bytes, self.share, outer) = (bytes, share, nil)
    }

    /// The content of a CID, which keeps the block in memory that the CID stands in.
    init(_ bytes: Bytes, in outer: HeldBlock?) {
        (self.bytes, share, self.outer) = (bytes, nil, outer)
    }
}
