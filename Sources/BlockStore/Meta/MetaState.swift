import Execution

/// What the lane of `meta/` knows: changes that wait, and when the index is to be written.
///
/// Index entries are taken from the log's table when a batch is made. They go along with any change
/// that somebody waits for; without one they wait for company, but not longer than a moment.
struct MetaState: LaneState {
    /// Changes of one caller.
    struct ChangeSet: Sendable {
        let changes: [MetaChange]
        /// What ends when it is known whether they are on disk.
        let deletion: BlockDeletion?
        /// That of the look that they come from, where they do.
        let epoch: Int?
        let done: Pending<BlockStoreError?>
        /// The room that it takes in the lane's queue.
        let byteCount: Int
        /// Whether it changes rows of tables.
        let hasRows: Bool

        init(
            changes: [MetaChange], deletion: BlockDeletion? = nil, epoch: Int? = nil,
            done: Pending<BlockStoreError?> = Pending()
        ) {
            self.changes = changes
            self.deletion = deletion
            self.epoch = epoch
            self.done = done
            byteCount = changes.reduce(MemoryCost.element(ChangeSet.self)) {
                $0 + MemoryCost.change($1)
            }
            // Here, and not under the lock of the lane, where each pin asks for it.
            hasRows = changes.contains { change in
                change.key?.bytes.first.map { !MetaKey.storeTables.contains($0) } ?? false
            }
        }
    }

    /// What the lane writes at once.
    struct Batch {
        let sets: [ChangeSet]
        /// Whether entries of the index go along.
        let withIndex: Bool
    }

    private(set) var life = LaneLife()
    private(set) var mark: HighWaterMark
    private var queue: [ChangeSet] = []
    private var indexableCount = 0
    private var indexDue: Instant?
    private var isIndexWanted = false
    /// Whether the database may lack pins that were made.
    private var isIncomplete = false
    /// How many writes have failed: what one has left shows when the database is open again.
    private(set) var epoch = 0
    /// Whether changes of rows are being written.
    private var writesRows = false

    init(mark: HighWaterMark) { self.mark = mark }

    var queuedCount: Int { queue.count }

    var writeRefusal: BlockStoreError? { life.writeRefusal }

    /// Why some changes are not taken; nil where they are.
    func refusal(of set: ChangeSet) -> BlockStoreError? {
        if let writeRefusal { return writeRefusal }
        if let epoch = set.epoch, epoch != self.epoch { return .metaReopenedMeanwhile }
        return set.deletion != nil && isIncomplete ? .metaIsIncomplete : nil
    }

    /// Whether changes of rows wait or are being written.
    var hasRows: Bool { writesRows || queue.contains(where: \.hasRows) }

    /// Queues changes, whose room in the queue the caller has taken.
    mutating func enqueue(_ set: ChangeSet) { queue.append(set) }

    /// Blocks wait for the index.
    mutating func indexable(count: Int, due: Instant) {
        indexableCount = max(indexableCount, count)
        if indexDue == nil { indexDue = due }
    }

    /// Somebody waits for the index to catch up.
    mutating func wantIndex() { isIndexWanted = true }

    var nextLook: Instant? { indexDue }

    mutating func look(at now: Instant) {
        if let indexDue, now >= indexDue { isIndexWanted = true }
    }

    mutating func takeWork() -> Batch? {
        let isDue =
            life.isClosing
            ? indexDue != nil
            : isIndexWanted || indexableCount >= Limits.indexBatchCountMax
        guard !queue.isEmpty || isDue else { return nil }
        // What comes into the table from here on announces itself again.
        defer {
            queue = []
            indexDue = nil
            indexableCount = 0
            isIndexWanted = false
        }
        writesRows = queue.contains(where: \.hasRows)
        return Batch(sets: queue, withIndex: indexDue != nil || isIndexWanted)
    }

    /// What was taken of the queue is on disk.
    mutating func setsWritten() { writesRows = false }

    /// A batch is on disk.
    ///
    /// - Parameters:
    ///   - mark: what it set the mark to.
    ///   - remaining: blocks that still wait for the index.
    ///   - due: when those have to be written.
    mutating func written(mark: HighWaterMark, remaining: Int, due: Instant) {
        self.mark = mark
        guard remaining > 0 else { return }
        indexable(count: remaining, due: due)
    }

    /// A batch may or may not be on disk.
    ///
    /// - Returns: who else was waiting.
    mutating func failed(_ error: BlockStoreError) -> [ChangeSet] {
        defer { queue = [] }
        (epoch, writesRows) = (epoch + 1, false)
        life.fail(error)
        return queue
    }

    /// - Parameter isIncomplete: whether it has been repaired and not been compared with the log since.
    mutating func reopened(mark: HighWaterMark, isIncomplete: Bool) {
        self.mark = mark
        self.isIncomplete = isIncomplete
        life.reopened()
        indexDue = Instant(nanoseconds: 0)
    }

    mutating func setClosing() {
        life.setClosing()
        // What came into the table since the last look is written too.
        if indexDue == nil { indexDue = Instant(nanoseconds: 0) }
    }

    mutating func setClosed() -> [ChangeSet] {
        defer { queue = [] }
        life.setClosed()
        return queue
    }
}
