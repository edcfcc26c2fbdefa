import Multiformats

// What the indexer takes over from the table, and what counts after `meta/` was opened again.

extension LogState {
    /// The oldest durable blocks that the index on disk does not have.
    func indexable(limit: Int) -> [(Multihash, LogTable.Entry)] {
        var result: [(Multihash, LogTable.Entry)] = []
        table.forEach(through: durableThrough, limit: limit) { result.append(($0, $1)) }
        return result
    }

    /// How many durable blocks the index on disk does not have.
    var indexableCount: Int { table.sequenceCount - queue.count }

    /// The index has everything up to a number.
    mutating func indexed(through sequence: UInt64) {
        table.remove(through: sequence)
        indexedThrough = max(indexedThrough, sequence)
        generation += 1
    }

    /// Counts anew after `meta/` was reopened: its last batch may or may not have been written.
    mutating func recount(from mark: HighWaterMark) {
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
