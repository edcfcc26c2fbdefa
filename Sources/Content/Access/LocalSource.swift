package import BlockStore
package import Multiformats

/// The blocks of this node's store.
package struct LocalSource: ContentSource {
    private let store: BlockStore

    /// Reads from a store.
    package init(_ store: BlockStore) { self.store = store }

    package func block(
        _ cid: CID, for context: RequestContext, reserving reserve: (Int) -> Bool
    ) throws(ContentError) -> SourcedBlock {
        do {
            switch try store.get(cid.multihash, reserving: reserve) {
            case .found(let bytes): return .found(bytes)
            case .absent: return .absent
            case .notReserved: return .notReserved
            }
        } catch {
            throw ContentError(error, reading: cid)
        }
    }

    package func byteCount(of cid: CID, for context: RequestContext) throws(ContentError) -> Int? {
        do {
            return try store.stat(cid.multihash)?.byteCount
        } catch {
            throw ContentError(error, reading: cid)
        }
    }

    package func isAtHand(_ cid: CID) -> Bool { store.isCached(cid.multihash) }
}
