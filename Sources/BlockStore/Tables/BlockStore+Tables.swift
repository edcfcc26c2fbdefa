import Buffers
package import Execution

// Tables of `meta/`. Who changes a row because of what stands in it claims the row first: nobody else who
// does changes it meanwhile.

extension BlockStore {
    /// The record of a row.
    ///
    /// - Returns: nil where there is none.
    /// - Throws: `.corrupt` for a damaged row or table, `.readError`, `.closed`.
    /// - Complexity: one look-up.
    package func record<RowKey, Record>(
        at key: RowKey, in table: Table<RowKey, Record>
    ) throws(BlockStoreError) -> Record? {
        guard let value = try metaValue(for: table.place(of: key)) else { return nil }
        guard let record = table.record(decoding: value) else { throw Self.damagedRow(in: table) }
        return record
    }

    /// Claims rows, changes some, and returns once that is on disk.
    ///
    /// - Parameters:
    ///   - table: of the rows that are claimed.
    ///   - keys: the rows.
    ///   - deadline: when to give up; the changes may then be written or not.
    ///   - usesReserve: whether the reserve of free space may be used: for what gives room.
    ///   - body: reads what it has to, and says what is to be changed, in any table. Not from within
    ///     another claim.
    /// - Throws: `.diskFull`, `.readOnly`, `.deadlineExceeded`, `.closed`, and what the body throws: then
    ///   nothing is changed.
    /// - Complexity: one synced write, shared with others; none where nothing is to be changed.
    package func change<RowKey, Record, Result>(
        _ table: Table<RowKey, Record>, claiming keys: Set<RowKey>, by deadline: Deadline,
        usesReserve: Bool = false,
        _ body: (inout TableChanges) throws(BlockStoreError) -> Result
    ) throws(BlockStoreError) -> Result {
        try claiming(keys, in: table, by: deadline) { () throws(BlockStoreError) in
            var changes = TableChanges()
            let result = try body(&changes)
            if !usesReserve { try freeSpace.take(changes.byteCount) }
            try write(changes, by: deadline)
            return result
        }
    }

    /// Runs something that changes rows, while nobody else who claims them does. Not from within another
    /// claim: who waits for that goes first.
    func claiming<RowKey, Record, Result>(
        _ keys: Set<RowKey>, in table: Table<RowKey, Record>, by deadline: Deadline,
        _ body: () throws(BlockStoreError) -> Result
    ) throws(BlockStoreError) -> Result {
        try claims.with(Set(keys.map(table.place)), by: deadline, body)
    }

    /// Writes changes of claimed rows; none is harmless.
    func write(_ changes: TableChanges, by deadline: Deadline) throws(BlockStoreError) {
        guard !changes.isEmpty else { return }
        try meta.write(changes.changes, by: deadline)
    }

    /// Returns once all changes are on disk, or known to have failed, that were on their way: also those
    /// whose caller no longer waited.
    func settleChanges(by deadline: Deadline) throws(BlockStoreError) {
        try meta.write([], by: deadline)
    }

    static func damagedRow<RowKey, Record>(in table: Table<RowKey, Record>) -> BlockStoreError {
        damagedIndex("a damaged \(table.rowName)")
    }
}
