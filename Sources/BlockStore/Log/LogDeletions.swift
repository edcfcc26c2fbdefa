import Multiformats

/// Blocks that somebody is deleting, and numbers that the log still has to delete: those of the batch
/// that is being written, then those that wait for the next one.
struct LogDeletions {
    private static let cost = MemoryCost.element(UInt64.self) + MemoryCost.element(Multihash.self)

    private var announced: Set<Multihash> = []
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
    func contains(_ multihash: Multihash) -> Bool { announced.contains(multihash) }

    /// Announces that a block is about to be deleted.
    ///
    /// - Returns: false when somebody else is deleting it.
    mutating func announce(_ multihash: Multihash) -> Bool { announced.insert(multihash).inserted }

    /// Ends what was announced.
    mutating func end(_ multihash: Multihash) { announced.remove(multihash) }

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
