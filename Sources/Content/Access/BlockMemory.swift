package import Execution
import IPLD
import Multiformats

/// The memory for blocks in the hands of readers, in two parts: who reads blocks of the usual sizes
/// never waits behind those who read large ones.
package struct BlockMemory: Sendable {
    /// For blocks up to `Limits.ordinaryBlockBytesMax`.
    package let ordinary: ByteBudget
    /// For those above.
    package let large: ByteBudget

    /// - Parameters:
    ///   - ordinaryBytesMax: ordinary blocks that all readers together may have in memory.
    ///   - largeBytesMax: the same for large ones.
    init(ordinaryBytesMax: Int, largeBytesMax: Int) {
        ordinary = ByteBudget(name: "egress", limit: ordinaryBytesMax)
        large = ByteBudget(name: "egress-large", limit: largeBytesMax)
    }

    /// Bytes of blocks that are held.
    package var inUse: Int { ordinary.inUse + large.inUse }

    /// A share, without anything yet, of the part that a block of that size belongs to.
    func makeShare(forBlockOf byteCount: Int) -> BudgetShare {
        BudgetShare(of: byteCount <= Limits.ordinaryBlockBytesMax ? ordinary : large)
    }

    /// What a reader takes for a block, with what whoever checks it needs beside it: nobody asks for that
    /// with the block in hand.
    func byteCount(forBlockOf byteCount: Int, as codec: Multicodec) -> Int {
        let part = byteCount <= Limits.ordinaryBlockBytesMax ? ordinary : large
        let whole = byteCount * (1 + IPLDCodec.checkCopiesMax(as: codec))
        return max(byteCount, min(whole, part.limit))
    }

    /// Whether somebody waits for memory that blocks up to that size take.
    func isWanted(upTo byteCount: Int) -> Bool {
        ordinary.waiterCount > 0
            || byteCount > Limits.ordinaryBlockBytesMax && large.waiterCount > 0
    }
}
