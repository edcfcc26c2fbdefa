import BlockStore
import Content
import Execution
import Multiformats

/// The blocks of a store, one of which the disk does not give.
final class FaultySource: ContentSource {
    private let store: LocalSource
    private let lost = Locked<CID?>(nil)

    init(_ store: BlockStore) { self.store = LocalSource(store) }

    /// The disk gives all but this one.
    func lose(_ cid: CID?) { lost.withLock { $0 = cid } }

    func block(
        _ cid: CID, for context: RequestContext, reserving reserve: (Int) -> Bool
    ) throws(ContentError) -> SourcedBlock {
        if lost.withLock({ $0 == cid }) { throw ContentError(.storage, "the disk failed") }
        return try store.block(cid, for: context, reserving: reserve)
    }

    func byteCount(of cid: CID, for context: RequestContext) throws(ContentError) -> Int? {
        try store.byteCount(of: cid, for: context)
    }

    func isAtHand(_ cid: CID) -> Bool { store.isAtHand(cid) }
}
