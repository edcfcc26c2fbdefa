import Buffers
import Multiformats

/// The blocks that the log does not have yet, with consecutive numbers: those of the batch that is
/// being written, then those that wait for the next ones.
///
/// A block that fits into no batch is not kept while it is written: LevelDB has it twice then.
struct LogQueue {
    /// What is kept of such a block.
    struct LargeBlock {
        let multihash: Multihash
        let byteCount: Int
        /// What it took, as `MemoryCost` has it.
        let room: Int
    }

    private enum Writing {
        case blocks([VerifiedBlock])
        case large(LargeBlock)
    }

    private var waiting: [VerifiedBlock] = []
    /// Number of the first block that waits, or of the next one that comes.
    private var first: UInt64
    private var writing = Writing.blocks([])
    /// What all of them take, as `MemoryCost` has it.
    private(set) var byteCount = 0

    /// An empty queue.
    ///
    /// - Parameter sequence: the last number of the log.
    init(after sequence: UInt64) { first = sequence + 1 }

    /// Blocks that wait.
    var waitingCount: Int { waiting.count }

    /// Blocks that are being written.
    var writingCount: Int {
        switch writing {
        case .blocks(let blocks): blocks.count
        case .large: 1
        }
    }

    /// Blocks that wait or are being written.
    var count: Int { waiting.count + writingCount }

    /// The last number that was given out.
    var lastSequence: UInt64 { first + UInt64(waiting.count) - 1 }

    /// Gives a block the next number.
    mutating func append(_ block: VerifiedBlock) {
        waiting.append(block)
        byteCount += MemoryCost.queued(block)
    }

    /// The block of a number of the queue; nil for a large one that is being written.
    func block(_ sequence: UInt64) -> VerifiedBlock? {
        if sequence >= first { return waiting[Int(sequence - first)] }
        guard case .blocks(let blocks) = writing else { return nil }
        let writingFirst = first - UInt64(blocks.count)
        return sequence < writingFirst ? nil : blocks[Int(sequence - writingFirst)]
    }

    /// Begins to write what waits, up to the size of a batch.
    ///
    /// - Returns: the blocks, the number of the first, and their bytes.
    mutating func takeBatch() -> (blocks: [VerifiedBlock], first: UInt64, byteCount: Int) {
        var count = 0
        var bytes = 0
        for block in waiting.prefix(Limits.batchCountMax) {
            if count > 0, bytes + block.bytes.count > Limits.batchBytesMax { break }
            count += 1
            bytes += block.bytes.count
        }
        let blocks: [VerifiedBlock]
        if count == waiting.count {
            blocks = waiting
            waiting = []
        } else {
            blocks = Array(waiting[..<count])
            waiting.removeFirst(count)
        }
        if LogState.Batch.isLarge(byteCount: bytes), let block = blocks.first {
            let room = MemoryCost.queued(block)
            writing = .large(
                LargeBlock(multihash: block.multihash, byteCount: bytes, room: room))
        } else {
            writing = .blocks(blocks)
        }
        defer { first += UInt64(count) }
        return (blocks, first, bytes)
    }

    /// Goes through the blocks that are being written.
    func forEachWriting(_ body: (_ multihash: Multihash, _ byteCount: Int) -> Void) {
        switch writing {
        case .blocks(let blocks):
            for block in blocks { body(block.multihash, block.bytes.count) }
        case .large(let block): body(block.multihash, block.byteCount)
        }
    }

    /// Drops the blocks that were being written.
    ///
    /// - Returns: what they took.
    mutating func batchWritten() -> Int {
        let room: Int
        switch writing {
        case .blocks(let blocks): room = blocks.reduce(0) { $0 + MemoryCost.queued($1) }
        case .large(let block): room = block.room
        }
        writing = .blocks([])
        byteCount -= room
        return room
    }

    /// Drops all blocks.
    ///
    /// - Returns: what they took.
    mutating func removeAll() -> Int {
        (writing, waiting) = (.blocks([]), [])
        defer { byteCount = 0 }
        return byteCount
    }

    /// Gives out the numbers behind one again; nothing may be in the queue.
    mutating func restart(after sequence: UInt64) {
        precondition(count == 0, "a number in the queue belongs to a block")
        first = sequence + 1
    }
}
