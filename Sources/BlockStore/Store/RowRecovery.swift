import Buffers

/// Brings the rows of tables in `meta/` and their entries in the log together, before the store serves.
///
/// Writes what is wrong in batches of its caller and of its own, synced: it holds no list that grows with
/// the tables.
///
/// - Spec: `Docs/decisions/0020-rows-are-entries-of-the-log.md`.
struct RowRecovery {
    /// What is believed where the two do not say the same.
    enum Truth {
        /// The log has all that was acknowledged.
        case log
        /// `meta/` has all that it ever had: the log may lack entries, and have some again that had left it.
        case meta
        /// Both may lack some: what either has is kept.
        case neither
    }

    private let blocks: any Database
    private let meta: any Database
    private var pending: [Key: RowVersion] = [:]
    private var pendingByteCount = 0
    /// Rows that `meta/` did not have as the log has them.
    private(set) var recoveredCount = 0
    /// Rows whose entry was missing in the log or damaged, and is there again.
    private(set) var rewrittenCount = 0
    /// Rows that the log did not have, and that are gone.
    private(set) var droppedCount = 0
    /// Entries that the log needs no longer once the batches are on disk; no more than a limit.
    private(set) var removals: [UInt64] = []

    init(blocks: any Database, meta: any Database) {
        self.blocks = blocks
        self.meta = meta
    }

    /// Whether what waits is to be written.
    var isFull: Bool {
        pending.count >= Limits.indexBatchCountMax || pendingByteCount >= Limits.tableBatchBytesMax
    }

    /// Takes a row from the log that comes after all that `meta/` knows.
    mutating func take(_ row: StoredRow, _ sequence: UInt64) {
        pending[row.key] = RowVersion(sequence: sequence, record: row.record)
        pendingByteCount += MemoryCost.row(row.key, row.record)
        recoveredCount += 1
        if row.record == nil { collect(sequence) }
    }

    /// Takes a row from the log if it is to be what stands in `meta/`.
    ///
    /// - Parameter indexedThrough: what `meta/` said that it has taken from the log.
    mutating func compare(
        _ row: StoredRow, _ sequence: UInt64, _ truth: Truth, indexedThrough: UInt64
    ) throws {
        let known = try known(row.key)
        guard known?.sequence != sequence else { return }
        let isKnownLater = known.map { $0.sequence > sequence } ?? false
        let isBehind: Bool =
            switch truth {
            case .meta: isKnownLater || sequence <= indexedThrough
            case .neither: isKnownLater
            case .log: try isKnownLater && hasEntry(known, at: row.key)
            }
        // The change took its entry along, unless `meta/` had lost the row by then. Before the entry that says
        // that the row was removed: without that, this one would bring the row back.
        if let known, known.record != nil, known.sequence < sequence,
            try hasEntry(known, at: row.key)
        {
            collect(known.sequence)
        }
        if isBehind {
            collect(sequence)
        } else if known != nil || row.record != nil {
            take(row, sequence)
        } else {
            collect(sequence)
        }
    }

    private mutating func collect(_ sequence: UInt64) {
        if removals.count < Limits.removalCountMax { removals.append(sequence) }
    }

    private func known(_ key: Key) throws(DatabaseError) -> RowVersion? {
        if let version = pending[key] { return version }
        let row = try meta.value(for: key).flatMap(MetaRow.init(decoding:))
        return row.map { RowVersion(sequence: $0.sequence, record: $0.record) }
    }

    /// Adds what waits to a batch of `meta/`.
    mutating func flush(into batch: inout WriteBatch) {
        for (key, version) in pending { batch.put(key, version) }
        pending.removeAll(keepingCapacity: true)
        pendingByteCount = 0
    }

    // MARK: rows without an entry

    /// Goes through the rows of `meta/`, which has all of the log by now: those without an entry there are
    /// written into the log anew, or go.
    ///
    /// - Parameters:
    ///   - after: only rows with larger numbers are looked at.
    ///   - lastSequence: of the log; larger where something was written.
    mutating func reconcile(
        _ truth: Truth, after: UInt64 = 0, lastSequence: inout UInt64
    ) throws {
        var entries = WriteBatch()
        var changes = WriteBatch()
        let iterator = try meta.makeIterator()
        iterator.seek(Key([]))
        while iterator.isValid {
            let key = iterator.key
            if let letter = key.bytes.first, MetaKey.storeTables.contains(letter) {
                iterator.seek(Key([letter + 1]))
                continue
            }
            if let row = MetaRow(decoding: iterator.value), row.sequence > after,
                try !hasEntry(RowVersion(sequence: row.sequence, record: row.record), at: key)
            {
                if truth == .log {
                    changes.delete(key)
                    droppedCount += 1
                } else {
                    lastSequence += 1
                    rewrittenCount += 1
                    try write(row, key, at: lastSequence, &entries, &changes)
                }
            }
            if entries.byteCount + changes.byteCount >= Limits.tableBatchBytesMax {
                try write(&entries, &changes)
            }
            iterator.next()
        }
        try iterator.check()
        try write(&entries, &changes)
    }

    private func write(
        _ row: MetaRow, _ key: Key, at sequence: UInt64, _ entries: inout WriteBatch,
        _ changes: inout WriteBatch
    ) throws(DatabaseError) {
        let place = Key(sequence: sequence)
        entries.put(
            place, header: StoredRow(key: key, record: row.record).header, payload: row.record)
        if try !holdsBlock(at: row.sequence) { entries.delete(Key(sequence: row.sequence)) }
        changes.put(key, RowVersion(sequence: sequence, record: row.record))
    }

    /// A number in a damaged row may be any.
    private func holdsBlock(at sequence: UInt64) throws(DatabaseError) -> Bool {
        do throws(DatabaseError) {
            let value = try blocks.value(for: Key(sequence: sequence))
            return value.flatMap { try? StoredValue(decoding: $0) } != nil
        } catch {
            guard error.kind == .corruption else { throw error }
            return true
        }
    }

    /// The log first: what it has behind the mark of `meta/` is taken over.
    private func write(
        _ entries: inout WriteBatch, _ changes: inout WriteBatch
    ) throws(DatabaseError) {
        if entries.count > 0 { try blocks.write(entries, isSynced: true) }
        if changes.count > 0 { try meta.write(changes, isSynced: true) }
        entries.clear()
        changes.clear()
    }

    /// Whether the log has the entry of a version.
    private func hasEntry(_ version: RowVersion?, at key: Key) throws(DatabaseError) -> Bool {
        guard let version else { return false }
        let entry = StoredRow(key: key, record: version.record)
        return try blocks.holds(entry, at: version.sequence)
    }
}
