/// Changes of rows, of one table or of several, that are written together or not at all.
package struct TableChanges: Sendable {
    private(set) var changes: [MetaChange] = []
    /// What they take in the queue of `meta/`.
    package private(set) var byteCount = 0

    package init() {}

    /// Whether nothing is to be changed.
    package var isEmpty: Bool { changes.isEmpty }

    /// Sets a row.
    package mutating func put<RowKey, Record>(
        _ record: Record, at key: RowKey, in table: Table<RowKey, Record>
    ) {
        append(.put(table.place(of: key), table.encode(record)))
    }

    /// Removes a row; absent is harmless.
    package mutating func remove<RowKey, Record>(
        _ key: RowKey, from table: Table<RowKey, Record>
    ) {
        append(.delete(table.place(of: key)))
    }

    private mutating func append(_ change: MetaChange) {
        changes.append(change)
        byteCount += MemoryCost.change(change)
    }

    /// Whether they are as many as one write takes.
    var isFull: Bool { byteCount >= Limits.tableBatchBytesMax }
}
