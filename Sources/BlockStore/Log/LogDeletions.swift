import Multiformats

/// Blocks that somebody is deleting, and numbers that the log still has to delete: those of the batch
/// that is being written, then those that wait for the next one.
///
/// Who deletes announces as many blocks as are deleted together, at once: nobody else deletes or stores
/// them until that has ended.
struct LogDeletions {
    /// Blocks that are deleted together.
    struct Announcement: Sendable {
        /// Its number among all since the start.
        let number: UInt64
        /// One that was named twice is here twice.
        let multihashes: [Multihash]
    }

    private static let cost =
        2 * MemoryCost.element(UInt64.self) + MemoryCost.element(Multihash.self)

    /// With the number of the announcement of each.
    private var announced: [Multihash: UInt64] = [:]
    /// What they take.
    private var announcedByteCount = 0
    /// The numbers of announcements that have not ended, in order: one for each who deletes.
    private var running: [UInt64] = []
    /// How many announcements were made since the start.
    private(set) var begunCount: UInt64 = 0
    private var waiting: [UInt64] = []
    private var writing: [UInt64] = []

    /// What deletions take that the log has not carried out.
    var byteCount: Int { (waiting.count + writing.count) * Self.cost + announcedByteCount }

    /// Whether numbers wait for a batch.
    var isWaiting: Bool { !waiting.isEmpty }

    /// Whether numbers are being written.
    var isWriting: Bool { !writing.isEmpty }

    /// Whether a block is being deleted.
    func contains(_ multihash: Multihash) -> Bool { announced[multihash] != nil }

    /// Those up to which all have ended.
    var endedCount: UInt64 { running.first.map { $0 - 1 } ?? begunCount }

    /// Whether one of the first so many has not ended.
    func isRunning(amongFirst count: UInt64) -> Bool { running.first.map { $0 <= count } ?? false }

    /// Announces that the first of some blocks are about to be deleted: those before one that somebody else
    /// is deleting, or that there is no room for.
    ///
    /// - Returns: nil where that is the first one.
    mutating func announce(_ multihashes: [Multihash]) -> Announcement? {
        let number = begunCount + 1
        var count = 0
        for multihash in multihashes.prefix(Limits.deletionBatchCountMax) {
            if let owner = announced[multihash] {
                guard owner == number else { break }
            } else {
                let cost = Self.cost(of: multihash)
                guard byteCount + cost <= Limits.deletionBytesMax else { break }
                announced[multihash] = number
                announcedByteCount += cost
            }
            count += 1
        }
        guard count > 0 else { return nil }
        begunCount = number
        running.append(number)
        return Announcement(number: number, multihashes: Array(multihashes[..<count]))
    }

    /// Ends what was announced.
    mutating func end(_ announcement: Announcement) {
        for multihash in announcement.multihashes where announced[multihash] != nil {
            announced[multihash] = nil
            announcedByteCount -= Self.cost(of: multihash)
        }
        running.removeAll { $0 == announcement.number }
    }

    /// What a block takes until the log has carried out its deletion.
    private static func cost(of multihash: Multihash) -> Int {
        cost + MemoryCost.digest(of: multihash)
    }

    /// Adds a number that the index no longer has, so that the log need not have it either.
    mutating func append(_ sequence: UInt64) { waiting.append(sequence) }

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
