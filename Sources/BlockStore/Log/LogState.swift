import Buffers
import Multiformats

/// What the log's lane knows: the queue, what is being written, and the part of the index that is in
/// memory only. No I/O, no clock: the lane and its callers ask under its lock and act after it.
///
/// A block's way: queued, being written, durable (in the log), indexed (then it leaves the table).
/// Numbers are given out when a block is queued. After a failed write the numbers above
/// `durableThrough` that the disk does not hold are given out again, so callers remember the `epoch`
/// together with a number.
///
/// - Invariant: `durableThrough` is less than every number in the queue.
struct LogState {
    private(set) var phase = Phase.open
    private(set) var epoch = 0
    private(set) var durableThrough: UInt64
    private(set) var indexedThrough: UInt64
    /// Blocks in the log and their bytes.
    private(set) var blockCount: Int
    private(set) var byteCount: Int
    /// Why appends are refused although the log is fine: `meta/` does not take writes.
    private var refusal: BlockStoreError?
    /// Grows whenever somebody who had to wait should look again.
    private(set) var generation: UInt64 = 0

    private var queue: LogQueue
    private var table = LogTable()
    private var deletions = LogDeletions()
    /// The largest number that was written since the start, 0 if none was.
    private var lastWritten: UInt64 = 0

    init(lastSequence: UInt64, mark: HighWaterMark) {
        durableThrough = lastSequence
        indexedThrough = mark.sequence
        blockCount = mark.blockCount
        byteCount = mark.byteCount
        queue = LogQueue(after: lastSequence)
    }

    var queuedCount: Int { queue.waitingCount }
    /// What queue and batch take, as `MemoryCost` has it.
    var pendingByteCount: Int { queue.byteCount }
    var tableCount: Int { table.count }
    var tableByteCount: Int { table.byteCount }
    /// What deletions take that the log has not carried out.
    var deletionByteCount: Int { deletions.byteCount }

    /// The last number that was given out.
    var lastSequence: UInt64 { queue.lastSequence }

    // MARK: appending

    func presence(of multihash: Multihash) -> Presence {
        if let error = writeRefusal { return .refused(error) }
        if deletions.contains(multihash) { return .beingDeleted(generation: generation) }
        if let known = table[multihash] { return .present(ticket(known.sequence)) }
        return .askIndex(indexedThrough: indexedThrough)
    }

    /// Queues a block. The caller has taken its room in the lane's queue before; from here on the
    /// room is the lane's, which gives it back once the block is written or given up.
    mutating func enqueue(
        _ block: VerifiedBlock, isReplacement: Bool, indexSeenThrough: UInt64
    ) -> Enqueued {
        guard case .askIndex(let indexed) = presence(of: block.multihash),
            indexed == indexSeenThrough
        else { return .lookAgain }
        guard table.hasRoom(for: block.multihash) else { return .full(generation: generation) }
        queue.append(block)
        let entry = IndexEntry(
            sequence: lastSequence, byteCount: block.bytes.count, flags: block.flags)
        table.enter(
            block.multihash, LogTable.Entry(entry: entry, isReplacement: isReplacement))
        return .queued(tail)
    }

    /// Refuses appends because of the other database, or takes them again.
    mutating func refuse(_ error: BlockStoreError?) {
        refusal = error
        generation += 1
    }

    var writeRefusal: BlockStoreError? {
        switch phase {
        case .open: refusal
        case .failed(let error): error
        case .closing, .closed: .closed
        }
    }

    private func ticket(_ sequence: UInt64) -> LogTicket {
        LogTicket(epoch: epoch, sequence: sequence)
    }

    /// A ticket for everything that has been queued so far.
    var tail: LogTicket { ticket(lastSequence) }

    // MARK: reading

    func find(_ multihash: Multihash) -> Found? {
        guard let entry = table[multihash] else { return nil }
        guard entry.sequence > durableThrough, let block = queue.block(entry.sequence) else {
            return .inLog(entry)
        }
        return .block(block, entry)
    }

    // MARK: the lane

    /// Takes what is queued, up to the size of a batch; nil if there is nothing to do.
    mutating func takeBatch() -> Batch? {
        guard queue.waitingCount > 0 || deletions.isWaiting else { return nil }
        let (first, byteCount) = queue.takeBatch()
        generation += 1
        return Batch(
            blocks: queue.writing, first: first, deletions: deletions.takeBatch(),
            byteCount: byteCount)
    }

    /// The batch is on disk.
    ///
    /// - Returns: how much room it took in the queue.
    mutating func batchWritten() -> Int {
        for block in queue.writing where !table.isReplacement(block.multihash) {
            count(1, block.bytes.count)
        }
        durableThrough += UInt64(queue.writing.count)
        if !queue.writing.isEmpty { lastWritten = durableThrough }
        deletions.batchWritten()
        return queue.batchWritten()
    }

    /// The batch may or may not be on disk: nothing above `durableThrough` counts any more. Its
    /// deletions are carried out again, unless the log closes: then the next start does it, since
    /// the index does not have the blocks.
    ///
    /// - Returns: how much room batch and queue took.
    mutating func batchFailed(_ error: BlockStoreError) -> Int {
        phase = isClosing ? .closing : .failed(error)
        epoch += 1
        generation += 1
        deletions.batchFailed()
        if isClosing { deletions.dropWaiting() }
        table.remove(above: durableThrough)
        let room = queue.removeAll()
        queue.restart(after: durableThrough)
        return room
    }

    /// Whether a log that ends at a number has lost blocks that were acknowledged.
    func hasLostBlocks(lastOnDisk: UInt64) -> Bool {
        lastOnDisk < lastWritten && deletions.highestSequence < lastWritten
    }

    /// The database is open again, and its tail has been read.
    ///
    /// - Parameters:
    ///   - tail: blocks above `durableThrough` that the failed write left on disk.
    ///   - replaced: those of them that the index has an entry for already.
    mutating func reopened(tail: [(Multihash, IndexEntry)], replaced: Set<Multihash>) {
        for (multihash, entry) in tail {
            let replaces = replaced.contains(multihash)
            table.enter(multihash, LogTable.Entry(entry: entry, isReplacement: replaces))
            durableThrough = max(durableThrough, entry.sequence)
            if !replaces { count(1, entry.byteCount) }
        }
        queue.restart(after: durableThrough)
        generation += 1
        if case .failed = phase { phase = .open }
    }

    mutating func setClosing() {
        switch phase {
        case .closed: return
        // Nothing can be written to a database that has failed.
        case .failed: deletions.dropWaiting()
        case .open, .closing: break
        }
        phase = .closing
    }

    mutating func setClosed() {
        phase = .closed
        generation += 1
    }

    private mutating func count(_ blocks: Int, _ bytes: Int) {
        blockCount += blocks
        byteCount += bytes
    }

    // MARK: the index

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

    // MARK: deleting

    /// Announces that a block is about to be deleted.
    mutating func beginDeleting(_ multihash: Multihash) -> Deletion {
        let isFull = deletions.isFull
        // While the log takes no writes, nothing makes room.
        if isFull, let error = writeRefusal { return .refused(error) }
        guard !isFull, deletions.announce(multihash) else { return .wait(generation: generation) }
        return .begun
    }

    /// Ends a deletion.
    ///
    /// - Parameter removed: what the index no longer has, so that the log need not have it either.
    mutating func endDeleting(_ multihash: Multihash, removed: IndexEntry?) {
        deletions.end(multihash)
        generation += 1
        guard let removed else { return }
        deletions.append(removed.sequence)
        count(-1, -removed.byteCount)
    }
}
