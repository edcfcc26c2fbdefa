import Buffers

/// Changes of rows, of one table or of several, that are written together or not at all. Those of derived
/// tables are written behind the others: a crash may come between.
package struct TableChanges: Sendable {
    /// Those that the log keeps, and their bytes in memory.
    private(set) var rows: [StoredRow] = []
    private var rowIndices: [Key: Int] = [:]
    private var rowByteCount = 0
    /// Those that are in `meta/` alone.
    private(set) var derived: [MetaChange] = []
    private var derivedByteCount = 0

    package init() {}

    /// What they take while they wait.
    package var byteCount: Int { rowByteCount + derivedByteCount }

    /// Whether nothing is to be changed.
    package var isEmpty: Bool { rows.isEmpty && derived.isEmpty }

    /// Where the rows are in `meta/`.
    var places: Set<Key> { Set(rows.map(\.key)).union(derived.compactMap(\.key)) }

    /// Sets a row.
    package mutating func put<RowKey, Record>(
        _ record: Record, at key: RowKey, in table: Table<RowKey, Record>
    ) {
        append(table.place(of: key), table.encode(record), table.durability)
    }

    /// Removes a row; absent is harmless.
    package mutating func remove<RowKey, Record>(
        _ key: RowKey, from table: Table<RowKey, Record>
    ) {
        append(table.place(of: key), nil, table.durability)
    }

    private mutating func append(_ place: Key, _ record: Bytes?, _ durability: TableDurability) {
        switch durability {
        case .kept: append(StoredRow(key: place, record: record))
        case .derived:
            let value = record.map { MetaRow(sequence: 0, record: $0).encode() }
            let change = value.map { MetaChange.put(place, $0) } ?? .delete(place)
            derived.append(change)
            derivedByteCount += MemoryCost.change(change)
        }
    }

    /// The last change of a row is what counts.
    private mutating func append(_ row: StoredRow) {
        rowByteCount += MemoryCost.row(row.key, row.record)
        if let index = rowIndices[row.key] {
            rowByteCount -= MemoryCost.row(row.key, rows[index].record)
            rows[index] = row
        } else {
            rowIndices[row.key] = rows.count
            rows.append(row)
        }
    }

    /// Whether they are as many as one write takes.
    var isFull: Bool { byteCount >= Limits.tableBatchBytesMax }

    /// - Throws: `.tooLarge` for what no write takes.
    func check() throws(BlockStoreError) {
        guard byteCount <= Limits.rowChangeBytesMax else { throw .changeTooLarge(byteCount) }
        for row in rows { try Self.check(row.key, row.record?.count ?? 0) }
        for case .put(let key, let value) in derived { try Self.check(key, value.count) }
    }

    private static func check(_ key: Key, _ byteCount: Int) throws(BlockStoreError) {
        let keyCount = key.bytes.count
        guard keyCount <= Limits.rowKeyBytesMax, byteCount <= Limits.rowBytesMax else {
            throw .rowTooLarge(keyCount, byteCount)
        }
    }
}

extension BlockStoreError {
    fileprivate static func changeTooLarge(_ byteCount: Int) -> BlockStoreError {
        BlockStoreError(
            .tooLarge,
            "a change of rows takes \(byteCount) bytes of memory; it may take "
                + "\(Limits.rowChangeBytesMax): make several of it")
    }

    fileprivate static func rowTooLarge(_ keyCount: Int, _ count: Int) -> BlockStoreError {
        BlockStoreError(
            .tooLarge,
            "a row of \(count) bytes under a key of \(keyCount) is too large: it may have "
                + "\(Limits.rowBytesMax), and its key \(Limits.rowKeyBytesMax)")
    }
}
