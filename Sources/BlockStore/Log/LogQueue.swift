import Buffers
import Multiformats

/// What the log does not have yet, with consecutive numbers: the entries of the batch that is being
/// written, then those that wait for the next ones.
///
/// Rows that go together are in one batch, so that the log has all of them or none. A block that fits into
/// no batch is not kept while it is written: LevelDB has it twice then.
struct LogQueue {
    /// One entry of the log to come.
    enum Item: Sendable {
        case block(VerifiedBlock)
        case row(QueuedRow)

        /// What it takes of a batch.
        var byteCount: Int {
            switch self {
            case .block(let block): block.bytes.count
            case .row(let row): row.stored.byteCount
            }
        }

        /// How many entries behind it go into the same batch.
        var followingCount: Int {
            switch self {
            case .block: 0
            case .row(let row): row.followingCount
            }
        }
    }

    /// A row as a change leaves it.
    struct QueuedRow: Sendable {
        let stored: StoredRow
        /// The number of the entry that said last what stands in the row: it goes with the same batch.
        let former: UInt64?
        /// How many rows of the same change follow.
        let followingCount: Int
    }

    /// What is kept of a block that fits into no batch.
    struct LargeBlock {
        let multihash: Multihash
        let byteCount: Int
        /// What it took, as `MemoryCost` has it.
        let room: Int
    }

    private enum Writing {
        case items([Item])
        case large(LargeBlock)
    }

    private var waiting: [Item] = []
    /// Number of the first entry that waits, or of the next one that comes.
    private var first: UInt64
    private var writing = Writing.items([])
    /// What all of the blocks take, as `MemoryCost` has it; `RowTable` counts the rows.
    private(set) var byteCount = 0
    /// Blocks that wait or are being written.
    private(set) var blockCount = 0

    /// An empty queue.
    ///
    /// - Parameter sequence: the last number of the log.
    init(after sequence: UInt64) { first = sequence + 1 }

    /// Entries that wait.
    var waitingCount: Int { waiting.count }

    /// Entries that are being written.
    var writingCount: Int {
        switch writing {
        case .items(let items): items.count
        case .large: 1
        }
    }

    /// Entries that wait or are being written.
    var count: Int { waiting.count + writingCount }

    /// The last number that was given out.
    var lastSequence: UInt64 { first + UInt64(waiting.count) - 1 }

    /// Gives a block the next number.
    mutating func append(_ block: VerifiedBlock) {
        waiting.append(.block(block))
        byteCount += MemoryCost.queued(block)
        blockCount += 1
    }

    /// Gives a row the next number; those that it says follow it come next.
    mutating func append(_ row: QueuedRow) { waiting.append(.row(row)) }

    /// The block of a number of the queue; nil for a large one that is being written.
    func block(_ sequence: UInt64) -> VerifiedBlock? {
        guard case .block(let block)? = item(sequence) else { return nil }
        return block
    }

    private func item(_ sequence: UInt64) -> Item? {
        if sequence >= first { return waiting[Int(sequence - first)] }
        guard case .items(let items) = writing else { return nil }
        let writingFirst = first - UInt64(items.count)
        return sequence < writingFirst ? nil : items[Int(sequence - writingFirst)]
    }

    /// Begins to write what waits, up to the size of a batch.
    ///
    /// - Returns: the entries, the number of the first, and their bytes.
    mutating func takeBatch() -> (items: [Item], first: UInt64, byteCount: Int) {
        let (count, bytes) = nextBatch()
        let items: [Item]
        if count == waiting.count {
            items = waiting
            waiting = []
        } else {
            items = Array(waiting[..<count])
            waiting.removeFirst(count)
        }
        if LogState.Batch.isLarge(byteCount: bytes), case .block(let block)? = items.first {
            let room = MemoryCost.queued(block)
            writing = .large(
                LargeBlock(multihash: block.multihash, byteCount: bytes, room: room))
        } else {
            writing = .items(items)
        }
        defer { first += UInt64(count) }
        return (items, first, bytes)
    }

    /// How many entries the next batch has, and their bytes.
    private func nextBatch() -> (count: Int, byteCount: Int) {
        var (count, bytes) = (0, 0)
        while count < waiting.count, count < Limits.batchCountMax {
            let end = min(count + 1 + waiting[count].followingCount, waiting.count)
            let more = waiting[count..<end].reduce(0) { $0 + $1.byteCount }
            if count > 0 {
                guard bytes + more <= Limits.batchBytesMax, end <= Limits.batchCountMax else {
                    break
                }
            }
            (count, bytes) = (end, bytes + more)
        }
        return (count, bytes)
    }

    /// Goes through the blocks that are being written.
    func forEachWriting(_ body: (_ multihash: Multihash, _ byteCount: Int) -> Void) {
        switch writing {
        case .items(let items):
            for case .block(let block) in items { body(block.multihash, block.bytes.count) }
        case .large(let block): body(block.multihash, block.byteCount)
        }
    }

    /// Drops what was being written.
    ///
    /// - Returns: what the blocks of it took.
    mutating func batchWritten() -> Int {
        var room = 0
        switch writing {
        case .items(let items):
            for case .block(let block) in items {
                room += MemoryCost.queued(block)
                blockCount -= 1
            }
        case .large(let block):
            room = block.room
            blockCount -= 1
        }
        writing = .items([])
        byteCount -= room
        return room
    }

    /// Drops everything.
    ///
    /// - Returns: what the blocks took.
    mutating func removeAll() -> Int {
        (writing, waiting, blockCount) = (.items([]), [], 0)
        defer { byteCount = 0 }
        return byteCount
    }

    /// Gives out the numbers behind one again; nothing may be in the queue.
    mutating func restart(after sequence: UInt64) {
        precondition(count == 0, "a number in the queue belongs to an entry")
        first = sequence + 1
    }
}
