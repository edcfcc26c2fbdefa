import Multiformats

// What the indexer takes over from the table, and what counts after `meta/` was opened again.

extension LogState {
    /// What `meta/` gets next: all that the log has up to a number.
    struct Portion {
        var blocks: [(Multihash, LogTable.Entry)] = []
        var rows: [(Key, RowVersion)] = []
        var through: UInt64
    }

    /// The oldest durable blocks and rows that `meta/` does not have.
    ///
    /// - Parameter limit: how many blocks are looked at.
    func indexable(limit: Int) -> Portion {
        guard indexableCount > 0 else { return Portion(through: indexedThrough) }
        let (rows, rowsEndAt) = self.rows.writtenRows()
        var through = min(durableThrough, rowsEndAt ?? durableThrough)
        if let end = table.sequence(at: limit - 1), limit < table.sequenceCount {
            through = min(through, end)
        }
        var portion = Portion(through: through)
        table.forEach(through: through, limit: limit) { portion.blocks.append(($0, $1)) }
        portion.rows = rows.filter { $0.1.sequence <= through }
        return portion
    }

    /// How many durable blocks the index on disk does not have.
    var unindexedBlockCount: Int { table.sequenceCount - queue.blockCount }

    /// How many durable entries `meta/` does not have: as many as it takes at once where it should take them
    /// now.
    var indexableCount: Int {
        let count = unindexedBlockCount + rows.writtenCount
        return rows.isShort && count > 0 ? max(count, Limits.indexBatchCountMax) : count
    }

    /// `meta/` has everything up to a number.
    mutating func indexed(through sequence: UInt64) {
        table.remove(through: sequence)
        rows.settled(through: sequence)
        indexedThrough = max(indexedThrough, sequence)
        generation += 1
    }

    /// `meta/` is on disk as far as a mark says.
    mutating func metaWritten(_ mark: HighWaterMark) {
        metaChangeCount = max(metaChangeCount, mark.changeCount)
        if mark.sequence > indexedThrough { indexed(through: mark.sequence) }
    }

    /// Counts anew after `meta/` was reopened: its last batch may or may not have been written.
    mutating func recount(from mark: HighWaterMark) {
        metaChangeCount = max(metaChangeCount, mark.changeCount)
        indexed(through: mark.sequence)
        blockCount = mark.blockCount
        byteCount = mark.byteCount
        var (blocks, bytes) = (0, 0)
        table.forEach(through: durableThrough) { _, known in
            guard !known.isReplacement else { return }
            blocks += 1
            bytes += known.entry.byteCount
        }
        count(blocks, bytes)
    }
}
