import BlockStore
import Buffers
import Content
import Execution
import Multiformats

/// The blocks of a store, and how often one was read or looked up. Nothing is read ahead.
final class CountedSource: ContentSource {
    private let store: LocalSource
    private let looks = Locked(0)

    init(_ store: BlockStore) { self.store = LocalSource(store) }

    /// Looks at blocks since the last time.
    func takeLookCount() -> Int {
        looks.withLock { count in
            defer { count = 0 }
            return count
        }
    }

    func block(
        _ cid: CID, for context: RequestContext, reserving reserve: (Int) -> Bool
    ) throws(ContentError) -> SourcedBlock {
        looks.withLock { $0 += 1 }
        return try store.block(cid, for: context, reserving: reserve)
    }

    func byteCount(of cid: CID, for context: RequestContext) throws(ContentError) -> Int? {
        looks.withLock { $0 += 1 }
        return try store.byteCount(of: cid, for: context)
    }

    func isAtHand(_ cid: CID) -> Bool { true }
}
