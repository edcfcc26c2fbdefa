import Buffers
import Execution
import Multiformats
import TestSupport
import UnixFS

/// Blocks of another source, counted as readers of content count them: the one that was given last, the one
/// that is kept, and what was kept before for as long as somebody has it. Now and then it has to wait.
final class CountedBlocks: BlockSource {
    /// One block that counts.
    private final class Held: KeptBlock {
        private let cid: CID
        private let counts: Locked<[CID: Int]>

        init(_ cid: CID, in counts: Locked<[CID: Int]>) {
            (self.cid, self.counts) = (cid, counts)
            counts.withLock { $0[cid, default: 0] += 1 }
        }

        deinit { counts.withLock { $0[cid, default: 0] -= 1 } }
    }

    private let source: MemoryBlocks
    /// Waits once in so many blocks; 0 for never.
    private let period: Int
    private let counts = Locked<[CID: Int]>([:])
    private let living = Locked<[CID: Int]>([:])
    private var random: SeededRandom
    private var last: Held?
    private var kept: Held?
    /// How often a block was in memory that did not count, or any while this waited.
    private(set) var faultCount = 0
    private(set) var readCounts: [CID: Int] = [:]

    init(_ source: MemoryBlocks, waitingOnceIn period: Int, seed: UInt64) {
        (self.source, self.period) = (source, period)
        random = SeededRandom(seed: seed)
    }

    /// Blocks that count.
    var count: Int { counts.withLock { $0.values.reduce(0, +) } }

    func block(_ cid: CID) throws -> Bytes { try block(cid) {} }

    func block(_ cid: CID, beforeWaiting letGo: () -> Void) throws -> Bytes {
        last = nil
        if let content = cid.identityContent { return content }
        if period > 0, random.below(period) == 0 {
            letGo()
            kept = nil
            if !livingBlocks.isEmpty || count > 0 { faultCount += 1 }
        }
        let counted = counts.withLock { $0 }
        if livingBlocks.contains(where: { counted[$0, default: 0] == 0 }) { faultCount += 1 }
        readCounts[cid, default: 0] += 1
        last = Held(cid, in: counts)
        let living = living
        living.withLock { $0[cid, default: 0] += 1 }
        return try source.block(cid).copy { living.withLock { $0[cid, default: 0] -= 1 } }
    }

    @discardableResult func keepLast() -> (any KeptBlock)? {
        guard let last else { return nil }
        defer { (kept, self.last) = (last, nil) }
        return kept
    }

    func keep(_ block: any KeptBlock) { kept = block as? Held }

    func release() { (last, kept) = (nil, nil) }

    private var livingBlocks: [CID] { living.withLock { $0.filter { $0.value > 0 }.map(\.key) } }
}
