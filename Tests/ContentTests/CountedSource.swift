import BlockStore
import Buffers
import Content
import Execution
import Multiformats

/// The blocks of a store, and how often one was read or looked up. Nothing is read ahead.
final class CountedSource: ContentSource {
    private let store: LocalSource
    private let looks = Locked<[CID: Int]>([:])

    init(_ store: BlockStore) { self.store = LocalSource(store) }

    /// Looks at blocks since the last time.
    func takeLookCount() -> Int {
        looks.withLock { counts in
            defer { counts = [:] }
            return counts.values.reduce(0, +)
        }
    }

    /// Looks at one of them since then.
    func lookCount(at cid: CID) -> Int { looks.withLock { $0[cid, default: 0] } }

    func block(
        _ cid: CID, for context: RequestContext, reserving reserve: (Int) -> Bool
    ) throws(ContentError) -> SourcedBlock {
        looks.withLock { $0[cid, default: 0] += 1 }
        return try store.block(cid, for: context, reserving: reserve)
    }

    func byteCount(of cid: CID, for context: RequestContext) throws(ContentError) -> Int? {
        looks.withLock { $0[cid, default: 0] += 1 }
        return try store.byteCount(of: cid, for: context)
    }

    func isAtHand(_ cid: CID) -> Bool { true }
}
