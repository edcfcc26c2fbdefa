import Buffers
import Execution
import Multiformats
import TestSupport
import UnixFS

/// Blocks of another source, and which of them were still held when one was asked for.
final class WatchedBlocks: BlockSource {
    private let source: MemoryBlocks
    private let living = Locked<[CID: Int]>([:])
    /// By the block that was asked for, at all times together.
    private(set) var held: [CID: Set<CID>] = [:]

    init(_ source: MemoryBlocks) { self.source = source }

    func block(_ cid: CID) throws -> Bytes {
        held[cid, default: []].formUnion(living.withLock { $0.filter { $0.value > 0 }.keys })
        let living = living
        living.withLock { $0[cid, default: 0] += 1 }
        return try source.block(cid).copy { living.withLock { $0[cid, default: 0] -= 1 } }
    }
}
