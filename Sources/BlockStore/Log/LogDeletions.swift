import Multiformats

/// Blocks that somebody is deleting, and numbers that the log still has to delete: those of the batch
/// that is being written, then those that wait for the next one.
struct LogDeletions {
    private static let cost =
        2 * MemoryCost.element(UInt64.self) + MemoryCost.element(Multihash.self)

    /// With the number of each among the deletions that have begun.
    private var announced: [Multihash: UInt64] = [:]
    /// How many have begun since the start.
    private(set) var begunCount: UInt64 = 0
    private var waiting: [UInt64] = []
    private var writing: [UInt64] = []
    /// The largest number that was deleted since the start.
    private(set) var highestSequence: UInt64 = 0

    /// What deletions take that the log has not carried out.
    var byteCount: Int { (waiting.count + writing.count + announced.count) * Self.cost }

    /// Whether there is no room for one more.
    var isFull: Bool { byteCount + Self.cost > Limits.deletionBytesMax }

    /// Whether numbers wait for a batch.
    var isWaiting: Bool { !waiting.isEmpty }

    /// Whether a block is being deleted.
    func contains(_ multihash: Multihash) -> Bool { announced[multihash] != nil }

    /// Those up to which all have ended.
    var endedCount: UInt64 { announced.values.min().map { $0 - 1 } ?? begunCount }

    /// Whether one of the first so many has not ended.
    func isRunning(amongFirst count: UInt64) -> Bool { announced.values.contains { $0 <= count } }

    /// Announces that a block is about to be deleted.
    ///
    /// - Returns: false when somebody else is deleting it.
    mutating func announce(_ multihash: Multihash) -> Bool {
        guard announced[multihash] == nil else { return false }
        begunCount += 1
        announced[multihash] = begunCount
        return true
    }

    /// Ends what was announced.
    mutating func end(_ multihash: Multihash) { announced[multihash] = nil }

    /// Adds a number that the index no longer has, so that the log need not have it either.
    mutating func append(_ sequence: UInt64) {
        waiting.append(sequence)
        highestSequence = max(highestSequence, sequence)
    }

    /// Begins to carry out what waits.
    mutating func takeBatch() -> [UInt64] {
        writing = waiting
        waiting = []
        return writing
    }

    /// The batch is on disk.
    mutating func batchWritten() { writing = [] }

    /// The batch has to be written again.
    mutating func batchFailed() {
        waiting = writing + waiting
        writing = []
    }

    /// Gives up the numbers that wait.
    mutating func dropWaiting() { waiting = [] }
}
