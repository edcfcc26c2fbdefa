import Buffers

/// The blocks that the log does not have yet, with consecutive numbers: those of the batch that is
/// being written, then those that wait for the next ones.
struct LogQueue {
    private var waiting: [VerifiedBlock] = []
    /// Number of the first block that waits, or of the next one that comes.
    private var first: UInt64
    /// The blocks of the batch that is being written.
    private(set) var writing: [VerifiedBlock] = []
    /// What all of them take, as `MemoryCost` has it.
    private(set) var byteCount = 0

    /// An empty queue.
    ///
    /// - Parameter sequence: the last number of the log.
    init(after sequence: UInt64) { first = sequence + 1 }

    /// Blocks that wait.
    var waitingCount: Int { waiting.count }

    /// Blocks that wait or are being written.
    var count: Int { waiting.count + writing.count }

    /// The last number that was given out.
    var lastSequence: UInt64 { first + UInt64(waiting.count) - 1 }

    /// Gives a block the next number.
    mutating func append(_ block: VerifiedBlock) {
        waiting.append(block)
        byteCount += MemoryCost.queued(block)
    }

    /// The block of a number; nil for one before those that are being written.
    func block(_ sequence: UInt64) -> VerifiedBlock? {
        if sequence >= first { return waiting[Int(sequence - first)] }
        let writingFirst = first - UInt64(writing.count)
        guard sequence >= writingFirst else { return nil }
        return writing[Int(sequence - writingFirst)]
    }

    /// Begins to write what waits, up to the size of a batch; `writing` has it then.
    ///
    /// - Returns: the first number, and the bytes of the blocks.
    mutating func takeBatch() -> (first: UInt64, byteCount: Int) {
        var count = 0
        var bytes = 0
        for block in waiting.prefix(Limits.batchCountMax) {
            if count > 0, bytes + block.bytes.count > Limits.batchBytesMax { break }
            count += 1
            bytes += block.bytes.count
        }
        if count == waiting.count {
            writing = waiting
            waiting = []
        } else {
            writing = Array(waiting[..<count])
            waiting.removeFirst(count)
        }
        defer { first += UInt64(count) }
        return (first, bytes)
    }

    /// Drops the blocks that were being written.
    ///
    /// - Returns: what they took.
    mutating func batchWritten() -> Int {
        let room = writing.reduce(0) { $0 + MemoryCost.queued($1) }
        writing = []
        byteCount -= room
        return room
    }

    /// Drops all blocks.
    ///
    /// - Returns: what they took.
    mutating func removeAll() -> Int {
        (writing, waiting) = ([], [])
        defer { byteCount = 0 }
        return byteCount
    }

    /// Gives out the numbers behind one again; nothing may be in the queue.
    mutating func restart(after sequence: UInt64) {
        precondition(count == 0, "a number in the queue belongs to a block")
        first = sequence + 1
    }
}
