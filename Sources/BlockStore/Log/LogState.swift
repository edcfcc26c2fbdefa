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
/// - Invariant: `queue` and `writing` hold consecutive numbers, `durableThrough < writing < queue`.
struct LogState {
    /// Life of the lane.
    enum Phase {
        /// Takes blocks.
        case open
        /// A write failed; being reopened. Exits to `open`.
        case failed(BlockStoreError)
        /// Writes what is queued, takes nothing new.
        case closing
        /// The thread has ended.
        case closed
    }

    struct TableEntry {
        var entry: IndexEntry
        /// Whether the index has an entry for the block already (it was quarantined).
        let isReplacement: Bool
    }

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

    private var queue: [VerifiedBlock] = []
    private var queueFirst: UInt64
    private var writing: [VerifiedBlock] = []
    /// What queue and batch take, as `MemoryCost` has it.
    private(set) var pendingByteCount = 0
    private var deletions: [UInt64] = []
    /// Those of the batch that is being written.
    private var deletionsWriting: [UInt64] = []
    /// The largest number that was written since the start, 0 if none was.
    private var lastWritten: UInt64 = 0
    /// The largest number that was deleted since the start.
    private var highestDeleted: UInt64 = 0
    private var deleting: Set<Multihash> = []
    private var table: [Multihash: TableEntry] = [:]
    private var order: [(sequence: UInt64, multihash: Multihash)] = []
    /// What table and order take.
    private(set) var tableByteCount = 0
    /// Whether any block ever replaced a quarantined one: only then counting has to look.
    private var hasReplacements = false

    init(lastSequence: UInt64, mark: HighWaterMark) {
        durableThrough = lastSequence
        indexedThrough = mark.sequence
        blockCount = mark.blockCount
        byteCount = mark.byteCount
        queueFirst = lastSequence + 1
    }

    var queuedCount: Int { queue.count }
    var tableCount: Int { table.count }
    var writingCount: Int { writing.count }

    /// The last number that was given out.
    var lastSequence: UInt64 { queueFirst + UInt64(queue.count) - 1 }

    // MARK: appending

    /// What the table says about a block that somebody wants to append.
    enum Presence {
        case refused(BlockStoreError)
        /// In the log, or on its way: durable once this number is.
        case present(LogTicket)
        /// Being deleted: look again when the generation has grown.
        case beingDeleted(generation: UInt64)
        /// Not in the table; the answer of the index counts if the table has lost nothing meanwhile.
        case askIndex(indexedThrough: UInt64)
    }

    func presence(of multihash: Multihash) -> Presence {
        if let error = writeRefusal { return .refused(error) }
        if deleting.contains(multihash) { return .beingDeleted(generation: generation) }
        if let known = table[multihash] { return .present(ticket(known.entry.sequence)) }
        return .askIndex(indexedThrough: indexedThrough)
    }

    enum Enqueued {
        case queued(LogTicket)
        /// Something changed since `presence`: ask again.
        case lookAgain
        /// The table is full: ask again when the generation has grown.
        case full(generation: UInt64)
    }

    /// Queues a block. The caller has taken its room in the lane's queue before; from here on the
    /// room is the lane's, which gives it back once the block is written or given up.
    mutating func enqueue(
        _ block: VerifiedBlock, isReplacement: Bool, indexSeenThrough: UInt64
    ) -> Enqueued {
        guard case .askIndex(let indexed) = presence(of: block.multihash),
            indexed == indexSeenThrough
        else { return .lookAgain }
        let cost = MemoryCost.tableEntry(block.multihash)
        guard tableByteCount + cost <= Limits.tableBytesMax else {
            return .full(generation: generation)
        }
        let sequence = lastSequence + 1
        queue.append(block)
        pendingByteCount += MemoryCost.queued(block)
        let entry = IndexEntry(
            sequence: sequence, byteCount: block.bytes.count, flags: block.flags)
        enter(block.multihash, TableEntry(entry: entry, isReplacement: isReplacement))
        hasReplacements = hasReplacements || isReplacement
        return .queued(ticket(sequence))
    }

    private mutating func enter(_ multihash: Multihash, _ entry: TableEntry) {
        table[multihash] = entry
        order.append((entry.entry.sequence, multihash))
        tableByteCount += MemoryCost.tableEntry(multihash)
    }

    private mutating func leave(_ multihash: Multihash, _ sequence: UInt64) {
        if table[multihash]?.entry.sequence == sequence { table[multihash] = nil }
        tableByteCount -= MemoryCost.tableEntry(multihash)
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

    enum Found {
        /// Queued or being written: here it is.
        case block(VerifiedBlock, IndexEntry)
        /// In the log.
        case inLog(IndexEntry)
    }

    func find(_ multihash: Multihash) -> Found? {
        guard let entry = table[multihash]?.entry else { return nil }
        if entry.sequence >= queueFirst {
            return .block(queue[Int(entry.sequence - queueFirst)], entry)
        }
        let writingFirst = queueFirst - UInt64(writing.count)
        guard entry.sequence >= writingFirst, entry.sequence > durableThrough else {
            return .inLog(entry)
        }
        return .block(writing[Int(entry.sequence - writingFirst)], entry)
    }

    // MARK: the lane

    struct Batch {
        let blocks: [VerifiedBlock]
        let first: UInt64
        let deletions: [UInt64]
        /// Bytes of the blocks.
        let byteCount: Int
    }

    /// Takes what is queued, up to the size of a batch; nil if there is nothing to do.
    mutating func takeBatch() -> Batch? {
        guard !queue.isEmpty || !deletions.isEmpty else { return nil }
        var count = 0
        var bytes = 0
        for block in queue.prefix(Limits.batchCountMax) {
            if count > 0, bytes + block.bytes.count > Limits.batchBytesMax { break }
            count += 1
            bytes += block.bytes.count
        }
        if count == queue.count {
            writing = queue
            queue = []
        } else {
            writing = Array(queue[..<count])
            queue.removeFirst(count)
        }
        let first = queueFirst
        queueFirst += UInt64(count)
        generation += 1
        deletionsWriting = deletions
        deletions = []
        return Batch(
            blocks: writing, first: first, deletions: deletionsWriting, byteCount: bytes)
    }

    /// The batch is on disk.
    ///
    /// - Returns: how much room it took in the queue.
    mutating func batchWritten() -> Int {
        var room = 0
        for block in writing {
            count(block)
            room += MemoryCost.queued(block)
        }
        durableThrough += UInt64(writing.count)
        if !writing.isEmpty { lastWritten = durableThrough }
        writing = []
        deletionsWriting = []
        pendingByteCount -= room
        return room
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
        writing = []
        queue = []
        deletions = isClosing ? [] : deletionsWriting + deletions
        deletionsWriting = []
        defer { pendingByteCount = 0 }
        queueFirst = durableThrough + 1
        while let last = order.last, last.sequence > durableThrough {
            leave(last.multihash, last.sequence)
            order.removeLast()
        }
        return pendingByteCount
    }

    /// Whether a log that ends at a number has lost blocks that were acknowledged.
    func hasLostBlocks(lastOnDisk: UInt64) -> Bool {
        lastOnDisk < lastWritten && highestDeleted < lastWritten
    }

    /// The database is open again, and its tail has been read.
    ///
    /// - Parameters:
    ///   - tail: blocks above `durableThrough` that the failed write left on disk.
    ///   - replaced: those of them that the index has an entry for already.
    mutating func reopened(tail: [(Multihash, IndexEntry)], replaced: Set<Multihash>) {
        for (multihash, entry) in tail {
            let replaces = replaced.contains(multihash)
            enter(multihash, TableEntry(entry: entry, isReplacement: replaces))
            durableThrough = max(durableThrough, entry.sequence)
            if !replaces { count(1, entry.byteCount) }
        }
        queueFirst = durableThrough + 1
        generation += 1
        if case .failed = phase { phase = .open }
    }

    mutating func setClosing() {
        switch phase {
        case .closed: return
        case .failed: deletions = []  // Nothing can be written to a database that has failed.
        case .open, .closing: break
        }
        phase = .closing
    }

    mutating func setClosed() {
        phase = .closed
        generation += 1
    }

    private mutating func count(_ block: VerifiedBlock) {
        if hasReplacements, table[block.multihash]?.isReplacement == true { return }
        count(1, block.bytes.count)
    }

    private mutating func count(_ blocks: Int, _ bytes: Int) {
        blockCount += blocks
        byteCount += bytes
    }

    // MARK: the index

    /// The oldest durable blocks that the index on disk does not have.
    func indexable(limit: Int) -> [(Multihash, TableEntry)] {
        var result: [(Multihash, TableEntry)] = []
        for (sequence, multihash) in order.prefix(limit) {
            guard sequence <= durableThrough else { break }
            if let known = table[multihash], known.entry.sequence == sequence {
                result.append((multihash, known))
            }
        }
        return result
    }

    /// How many durable blocks the index on disk does not have.
    var indexableCount: Int { order.count - queue.count - writing.count }

    /// The index has everything up to a number.
    mutating func indexed(through sequence: UInt64) {
        let count = order.firstIndex { $0.sequence > sequence } ?? order.count
        for (sequence, multihash) in order[..<count] { leave(multihash, sequence) }
        order.removeFirst(count)
        indexedThrough = max(indexedThrough, sequence)
        generation += 1
    }

    /// Counts anew after `meta/` was reopened: its last batch may or may not have been written.
    mutating func recount(from mark: HighWaterMark) {
        indexed(through: mark.sequence)
        blockCount = mark.blockCount
        byteCount = mark.byteCount
        for (sequence, multihash) in order {
            guard sequence <= durableThrough else { break }
            guard let known = table[multihash], known.entry.sequence == sequence,
                !known.isReplacement
            else { continue }
            count(1, known.entry.byteCount)
        }
    }

    // MARK: deleting

    /// What somebody is told who wants to delete a block.
    enum Deletion {
        /// Appends of it wait for the end.
        case begun
        /// Somebody else is deleting it, or the log has too many deletions to carry out: look again
        /// when the generation has grown.
        case wait(generation: UInt64)
        case refused(BlockStoreError)
    }

    /// Announces that a block is about to be deleted.
    mutating func beginDeleting(_ multihash: Multihash) -> Deletion {
        let isFull = deletionByteCount + Self.deletionCost > Limits.deletionBytesMax
        // While the log takes no writes, nothing makes room.
        if isFull, let error = writeRefusal { return .refused(error) }
        guard !isFull, deleting.insert(multihash).inserted else {
            return .wait(generation: generation)
        }
        return .begun
    }

    /// What deletions take that the log has not carried out.
    var deletionByteCount: Int {
        (deletions.count + deletionsWriting.count + deleting.count) * Self.deletionCost
    }

    private static let deletionCost =
        MemoryCost.element(UInt64.self) + MemoryCost.element(Multihash.self)

    /// Ends a deletion.
    ///
    /// - Parameter removed: what the index no longer has, so that the log need not have it either.
    mutating func endDeleting(_ multihash: Multihash, removed: IndexEntry?) {
        deleting.remove(multihash)
        generation += 1
        guard let removed else { return }
        deletions.append(removed.sequence)
        highestDeleted = max(highestDeleted, removed.sequence)
        count(-1, -removed.byteCount)
    }
}

/// What somebody waits for who wants to know that a block is on disk.
package struct LogTicket: Hashable, Sendable {
    let epoch: Int
    let sequence: UInt64

    /// Nothing to wait for.
    static let none = LogTicket(epoch: 0, sequence: 0)
}
