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
            else { throw Self.damagedIndex("a damaged entry") }
            return try body(multihash, entry.info)
        }
    }

    /// Walks over a table of `meta/` page by page, so that no iterator lives while the body runs,
    /// and no more is held than a page.
    func forEachEntry(in table: UInt8, _ body: (Key, Bytes) throws -> Bool) throws {
        var start = Key([table])
        while true {
            let page = try page(from: start, table: table)
            for (key, value) in page.entries where try !body(key, value) { return }
            guard page.hasMore, let last = page.entries.last else { return }
            start = Key(last.key.bytes + [0])
        }
    }

    /// Some neighbours of a table.
    private struct Page {
        var entries: [(key: Key, value: Bytes)] = []
        var byteCount = 0
        var hasMore = false
    }

    private func page(from start: Key, table: UInt8) throws(BlockStoreError) -> Page {
        do throws(DatabaseError) {
            return try meta.holder.read { database throws(DatabaseError) in
                var page = Page()
                let iterator = try database.makeIterator()
                iterator.seek(start)
                while iterator.isValid {
                    let key = iterator.key
                    guard key.bytes.first == table else { break }
                    guard page.byteCount < Limits.pageBytesMax else {
                        page.hasMore = true
                        break
                    }
                    let value = iterator.value
                    page.entries.append((key, value))
                    page.byteCount += MemoryCost.entry(key, value)
                    iterator.next()
                }
                try iterator.check()
                return page
            }
        } catch {
            throw Self.metaError(error)
        }
    }
}
