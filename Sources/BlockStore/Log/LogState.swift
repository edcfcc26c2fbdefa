import Buffers
import Multiformats

/// What the log's lane knows: the queue, what is being written, and the part of `meta/` that is in
/// memory only. No I/O, no clock: the lane and its callers ask under its lock and act after it.
///
/// A block's way: queued, being written, durable (in the log), indexed (then it leaves the table). That of
/// a row of a table is the same.
/// Numbers are given out when a block is queued. After a failed write the numbers above
/// `durableThrough` that the disk does not hold are given out again, so callers remember the `epoch`
/// together with a number.
///
/// What is stored here is changed by its methods only: those for the lane, the index and deletions stand
/// in extensions.
///
/// - Invariant: `durableThrough` is less than every number in the queue.
struct LogState {
    var life = LaneLife()
    var epoch = 0
    var durableThrough: UInt64
    var indexedThrough: UInt64
    /// Blocks in the log and their bytes.
    var blockCount: Int
    var byteCount: Int
    /// Why appends are refused although the log is fine: `meta/` does not take writes.
    var refusal: BlockStoreError?
    /// Grows whenever somebody who had to wait should look again.
    var generation: UInt64 = 0

    var queue: LogQueue
    var table = LogTable()
    var rows = RowTable()
    var deletions = LogDeletions()
    /// The blocks whose write failed, and whether each takes the place of one that the index has already:
    /// they may be on disk, which shows when the database is open again.
    var failedBlocks: [Multihash: Bool] = [:]
    /// The largest number that was written since the start, 0 if none was.
    var lastWritten: UInt64 = 0
    /// How far `meta/` is on disk.
    var metaChangeCount: UInt64

    init(lastSequence: UInt64, mark: HighWaterMark) {
        durableThrough = lastSequence
        indexedThrough = mark.sequence
        blockCount = mark.blockCount
        byteCount = mark.byteCount
        metaChangeCount = mark.changeCount
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
        return .askIndex(indexLook)
    }

    /// Queues a block. The caller has taken its room in the lane's queue before; from here on the
    /// room is the lane's, which gives it back once the block is written or given up.
    mutating func enqueue(
        _ block: VerifiedBlock, isReplacement: Bool, after look: IndexLook
    ) -> Enqueued {
        guard case .askIndex(let now) = presence(of: block.multihash), now == look
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

    var writeRefusal: BlockStoreError? { life.writeRefusal ?? refusal }

    private func ticket(_ sequence: UInt64) -> LogTicket {
        LogTicket(epoch: epoch, sequence: sequence)
    }

    /// A ticket for everything that has been queued so far.
    var tail: LogTicket { ticket(lastSequence) }

    // MARK: reading

    func find(_ multihash: Multihash) -> Found? {
        guard let entry = table[multihash] else { return nil }
        guard entry.sequence > durableThrough else { return .inLog(entry) }
        guard let block = queue.block(entry.sequence) else {
            return .beingWritten(entry, ticket(entry.sequence))
        }
        return .block(block, entry)
    }

    // MARK: figures

    mutating func count(_ blocks: Int, _ bytes: Int) {
        blockCount += blocks
        byteCount += bytes
    }
}
