package import Buffers

/// Neighbouring rows of a table, as they were at one moment.
package struct TablePage<RowKey: TableKey, Record: TableRecord>: Sendable {
    /// The rows, in the order of the walk.
    package let rows: [Table<RowKey, Record>.Row]
    /// Whether there are more behind them: the next page begins behind the last.
    package let hasMore: Bool
}

/// Which rows of a table a page has.
package struct TableRange<RowKey: TableKey>: Sendable {
    /// Only rows whose keys begin with these bytes.
    package var prefix = Bytes.empty
    /// The walk begins behind this row, which need not be there; nil for the begin.
    package var start: RowKey?
    /// Whether it goes towards smaller keys.
    package var isBackward = false
    /// Bytes of rows, as they are in memory, after which the page ends.
    package var byteLimit = Limits.pageBytesMax
    /// Rows after which it ends.
    package var countLimit = Int.max

    package init() {}
}

extension BlockStore {
    /// Some neighbours of a table, as they are at one moment.
    ///
    /// - Throws: `.corrupt` for a damaged row or table, `.readError`, `.closed`.
    /// - Complexity: one seek, and one step for each row.
    package func page<RowKey, Record>(
        of table: Table<RowKey, Record>, _ range: TableRange<RowKey> = TableRange()
    ) throws(BlockStoreError) -> TablePage<RowKey, Record> {
        let found: Neighbours
        do throws(DatabaseError) {
            found = try meta.holder.read { database throws(DatabaseError) in
                let walk = try TableWalk(database, table, range)
                return try walk.run()
            }
        } catch {
            throw Self.metaError(error)
        }
        var rows: [Table<RowKey, Record>.Row] = []
        for (place, value) in found.entries {
            guard let row = table.row(place, value) else { throw Self.damagedRow(in: table) }
            rows.append(row)
        }
        return TablePage(rows: rows, hasMore: found.hasMore)
    }

    /// Shows rows of a table page by page, so that no more is held than a page; rows that come or go
    /// meanwhile may be shown or not.
    ///
    /// - Parameters:
    ///   - table: the table.
    ///   - range: where it begins, and the limit of a page.
    ///   - body: returns false to stop.
    /// - Throws: as `page`, and what the body throws.
    package func forEachRow<RowKey, Record>(
        of table: Table<RowKey, Record>, _ range: TableRange<RowKey> = TableRange(),
        _ body: (Table<RowKey, Record>.Row) throws -> Bool
    ) throws {
        var range = range
        while true {
            let page = try page(of: table, range)
            for row in page.rows where try !body(row) { return }
            guard page.hasMore, let last = page.rows.last else { return }
            range.start = last.key
        }
    }
}

/// Entries of `meta/` as they are on disk.
private struct Neighbours {
    var entries: [(key: Key, value: Bytes)] = []
    var hasMore = false
}

/// One walk over neighbours, in either direction.
private struct TableWalk<RowKey: TableKey> {
    private let iterator: any DatabaseIterator
    private let range: TableRange<RowKey>
    /// What the keys of the rows begin with.
    private let prefix: [UInt8]

    init<Record>(
        _ database: any Database, _ table: Table<RowKey, Record>, _ range: TableRange<RowKey>
    ) throws(DatabaseError) {
        self.range = range
        prefix = [table.letter] + range.prefix.array
        iterator = try database.makeIterator()
        let start = range.start.map(table.place)
        if range.isBackward { seekBackward(start) } else { seekForward(start) }
    }

    private func seekForward(_ start: Key?) {
        iterator.seek(start ?? Key(prefix))
        if iterator.isValid, iterator.key == start { iterator.next() }
    }

    private func seekBackward(_ start: Key?) {
        // The first key behind the rows, or the row itself: what comes before it is wanted.
        let end = start ?? Key.end(ofPrefix: prefix)
        if let end { iterator.seek(end) }
        if end != nil, iterator.isValid { iterator.previous() } else { iterator.seekToLast() }
    }

    func run() throws(DatabaseError) -> Neighbours {
        var found = Neighbours()
        var byteCount = 0
        while iterator.isValid {
            let key = iterator.key
            guard key.bytes.starts(with: prefix) else { break }
            guard byteCount < range.byteLimit, found.entries.count < range.countLimit else {
                found.hasMore = true
                break
            }
            let value = iterator.value
            found.entries.append((key, value))
            byteCount += MemoryCost.entry(key, value)
            if range.isBackward { iterator.previous() } else { iterator.next() }
        }
        try iterator.check()
        return found
    }
}

extension Key {
    /// The first key behind all that begin with some bytes; nil where there is none.
    static func end(ofPrefix prefix: [UInt8]) -> Key? {
        guard let last = prefix.lastIndex(where: { $0 != 0xFF }) else { return nil }
        return Key(prefix[..<last] + [prefix[last] + 1])
    }
}
