import Execution
import Multiformats

// What the lane does with the queue: write it, and begin anew where that failed.

extension LogState: LaneState {
    var nextLook: Deadline { .never }

    /// Takes what is queued, up to the size of a batch; nil if there is nothing to do.
    mutating func takeWork() -> Batch? {
        guard queue.waitingCount > 0 || deletions.isWaiting else { return nil }
        let (blocks, first, byteCount) = queue.takeBatch()
        generation += 1
        return Batch(
            blocks: blocks, first: first, deletions: deletions.takeBatch(), byteCount: byteCount)
    }

    /// The batch is on disk.
    ///
    /// - Returns: how much room it took in the queue.
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
        deletions.batchWritten()
        return queue.batchWritten()
    }

    /// The batch may or may not be on disk: nothing above `durableThrough` counts any more. Its
    /// deletions are carried out again, unless the log closes: then the next start does it, since
    /// the index does not have the blocks.
    ///
    /// - Returns: how much room batch and queue took.
    mutating func batchFailed(_ error: BlockStoreError) -> Int {
        life.fail(error)
        epoch += 1
        generation += 1
        deletions.batchFailed()
        if life.isClosing { deletions.dropWaiting() }
        failedBlocks = table.remove(above: durableThrough)
        let room = queue.removeAll()
        queue.restart(after: durableThrough)
        return room
    }

    /// Whether a log that ends at a number has lost blocks that were acknowledged.
    func hasLostBlocks(lastOnDisk: UInt64) -> Bool {
        lastOnDisk < lastWritten && deletions.highestSequence < lastWritten
    }

    /// Damaged parts of the log have been left out, and what it ends with now is its end: that is told, and
    /// the blocks are found missing one by one.
    mutating func acceptLoss(lastOnDisk: UInt64) { lastWritten = min(lastWritten, lastOnDisk) }

    /// The database is open again, and its tail has been read.
    ///
    /// - Parameter tail: blocks above `durableThrough` that the failed write left on disk.
    mutating func reopened(tail: [(Multihash, IndexEntry)]) {
        for (multihash, entry) in tail {
            let replaces = failedBlocks[multihash] ?? false
            table.enter(multihash, LogTable.Entry(entry: entry, isReplacement: replaces))
            durableThrough = max(durableThrough, entry.sequence)
            if !replaces { count(1, entry.byteCount) }
        }
        failedBlocks = [:]
        queue.restart(after: durableThrough)
        generation += 1
        life.reopened()
    }

    mutating func setClosing() {
        // Nothing can be written to a database that has failed.
        if case .failed = life.phase { deletions.dropWaiting() }
        life.setClosing()
    }

    mutating func setClosed() {
        life.setClosed()
        generation += 1
    }
}
