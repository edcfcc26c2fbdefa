import Execution
import Multiformats

// What the lane does with the queue: write it, and begin anew where that failed.

extension LogState: LaneState {
    var nextLook: Instant? { nil }

    mutating func look(at now: Instant) {}

    /// Takes what is queued, up to the size of a batch; nil if there is nothing to do.
    mutating func takeWork() -> Batch? {
        guard queue.waitingCount > 0 || deletions.isWaiting || mustRemoveRows else { return nil }
        let (items, first, byteCount) = queue.takeBatch()
        generation += 1
        let removed = deletions.takeBatch() + rows.takeRemovals()
        let end = LogEnd(
            last: first + UInt64(items.count) - 1, metaChangeCount: metaChangeCount)
        return Batch(
            items: items, first: first, deletions: removed, end: removed.isEmpty ? nil : end,
            byteCount: byteCount)
    }

    /// Nobody waits for removed rows to leave the log: they go along with others.
    private var mustRemoveRows: Bool {
        rows.isFullOfRemovals || life.isClosing && rows.hasRemovals
    }

    /// The batch is on disk.
    ///
    /// - Returns: how much room its blocks took in the queue.
    mutating func batchWritten() -> Int {
        let writingCount = queue.writingCount
        var (newCount, newByteCount) = (0, 0)
        queue.forEachWriting { [table] multihash, byteCount in
            guard !table.isReplacement(multihash) else { return }
            newCount += 1
            newByteCount += byteCount
        }
        count(newCount, newByteCount)
        durableThrough += UInt64(writingCount)
        if writingCount > 0 { lastWritten = durableThrough }
        rows.written(through: durableThrough)
        // Who waits for room among them has looked since the batch was taken, and found them here.
        if deletions.isWriting { generation += 1 }
        deletions.batchWritten()
        return queue.batchWritten()
    }

    /// The batch may or may not be on disk: nothing above `durableThrough` counts any more. Its
    /// deletions are carried out again, unless the log closes: then the next start does it, since
    /// the index does not have the blocks.
    ///
    /// - Returns: how much room the blocks of batch and queue took.
    mutating func batchFailed(_ error: BlockStoreError) -> Int {
        life.fail(error)
        epoch += 1
        generation += 1
        deletions.batchFailed()
        rows.writeFailed()
        if life.isClosing { dropDeletions() }
        failedBlocks = table.remove(above: durableThrough)
        let room = queue.removeAll()
        queue.restart(after: durableThrough)
        return room
    }

    private mutating func dropDeletions() {
        deletions.dropWaiting()
        rows.dropRemovals()
    }

    /// Whether a log that went no further than to a number (`LogScan.end`) has lost entries that were acknowledged.
    func hasLostBlocks(lastOnDisk: UInt64) -> Bool { lastOnDisk < lastWritten }

    /// Damaged parts of the log have been left out, and what it ends with now is its end: that is told, and
    /// the blocks are found missing one by one.
    mutating func acceptLoss(lastOnDisk: UInt64) { lastWritten = min(lastWritten, lastOnDisk) }

    /// The database is open again, and its tail has been read.
    ///
    /// - Parameter tail: entries above `durableThrough` that the failed write left on disk.
    mutating func reopened(tail: [LogScan.Item]) {
        for item in tail {
            durableThrough = max(durableThrough, item.sequence)
            switch item {
            case .block(let multihash, let entry): reappear(multihash, entry)
            case .row(let sequence, let row):
                rows.append(row.key, RowVersion(sequence: sequence, record: row.record))
            }
        }
        rows.written(through: durableThrough)
        failedBlocks = [:]
        queue.restart(after: durableThrough)
        generation += 1
        life.reopened()
    }

    private mutating func reappear(_ multihash: Multihash, _ entry: IndexEntry) {
        let replaces = failedBlocks[multihash] ?? false
        table.enter(multihash, LogTable.Entry(entry: entry, isReplacement: replaces))
        if !replaces { count(1, entry.byteCount) }
    }

    mutating func setClosing() {
        // Nothing can be written to a database that has failed.
        if case .failed = life.phase { dropDeletions() }
        life.setClosing()
    }

    mutating func setClosed() {
        life.setClosed()
        generation += 1
    }
}
