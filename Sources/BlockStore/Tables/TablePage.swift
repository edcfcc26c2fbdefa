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
    /// Bytes of rows, as they are in memory, after which the page ends: behind one row at least.
    package var byteLimit = Limits.pageBytesMax {
        didSet { precondition(byteLimit > 0, "a page without rows is no progress") }
    }
    /// Rows after which it ends.
    package var countLimit = Int.max {
        didSet { precondition(countLimit > 0, "a page without rows is no progress") }
    }

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
        let found = try self.rows(
            MetaRange(
                prefix: [table.letter] + range.prefix.array, start: range.start.map(table.place),
                isBackward: range.isBackward, byteLimit: range.byteLimit,
                countLimit: range.countLimit))
        var rows: [Table<RowKey, Record>.Row] = []
        for (place, value) in found.entries {
            guard let stored = MetaRow(decoding: value) else {
                throw damagedEntry("a damaged \(table.rowName)")
            }
            guard let row = table.row(place, stored.record) else {
                throw damagedRow(in: table)
            }
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
