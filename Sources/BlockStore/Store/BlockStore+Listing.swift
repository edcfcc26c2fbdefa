import Buffers
import Execution
package import Multiformats

extension BlockStore {
    /// Shows every block that is in the index, in the order of the multihashes.
    ///
    /// Blocks that come or go during the walk may be shown or not.
    ///
    /// - Parameter body: returns false to stop.
    /// - Throws: `.deadlineExceeded` when the index does not catch up, read errors, and what the
    ///   body throws.
    package func forEachBlock(_ body: (Multihash, BlockInfo) throws -> Bool) throws {
        let last = log.state.withLock { $0.durableThrough }
        try meta.waitForIndex(through: last, by: .after(.seconds(60)))
        try forEachEntry(in: MetaKey.indexTable) { key, value in
            guard let multihash = try? Multihash(bytes: MetaKey.rest(of: key)),
                let entry = IndexEntry(decoding: value)
            else { throw damagedEntry("a damaged entry") }
            return try body(multihash, entry.info)
        }
    }

    /// Walks over a table of `meta/` page by page, so that no iterator lives while the body runs,
    /// and no more is held than a page.
    func forEachEntry(in table: UInt8, _ body: (Key, Bytes) throws -> Bool) throws {
        var range = MetaRange(prefix: [table])
        while true {
            let page = try entries(range)
            for (key, value) in page.entries where try !body(key, value) { return }
            guard page.hasMore, let last = page.entries.last else { return }
            range.start = last.key
        }
    }
}
