import Buffers
import Execution
import Multiformats
import Synchronization
import Telemetry

/// The one writer of `blocks/`: takes what is queued as one batch, makes one synced write, then
/// tells the waiters. What a failed write has left on disk is read after the reopening.
final class LogLane: Lane {
    let state: Monitor<LogState>
    let progress: Monitor<LogProgress>
    let holder: DatabaseHolder
    let figures = LaneFigures()
    /// Room in the queue: taken by whoever appends, in turn, so that a large block gets in too;
    /// given back here.
    let room = ByteBudget(name: "append", limit: Limits.queueBytesMax)
    /// Whether memtables are to be written before they are full.
    let isShortOfMemory = Atomic(false)
    /// Whether damaged parts have been left out since the start: the index may have blocks that are not in the log.
    let isIncomplete = Atomic(false)
    let context: LaneContext
    let thread: Locked<Thread?> = Locked(nil)
    private let indexer = Locked(Indexer { _ in })

    init(_ holder: DatabaseHolder, state: LogState, context: LaneContext) {
        self.holder = holder
        self.context = context
        progress = Monitor(LogProgress(durableThrough: state.durableThrough))
        self.state = Monitor(state)
    }

    /// Starts the thread.
    ///
    /// - Parameter didWrite: told after each batch how many blocks wait for the index.
    func start(didWrite: @escaping @Sendable (Int) -> Void) {
        indexer.withLock { $0 = Indexer(tell: didWrite) }
        startThread()
    }

    /// Waits until a block is on disk.
    func wait(for ticket: LogTicket, by deadline: Deadline) throws(BlockStoreError) {
        let outcome = progress.wait(by: deadline) { $0.outcome(of: ticket) }
        guard let outcome else { throw .deadline("blocks to be written") }
        try outcome.get()
    }

    /// Waits until something has changed since a generation was seen.
    ///
    /// - Parameter what: it is waited for, in words: a noun phrase.
    func waitForChange(
        since generation: UInt64, by deadline: Deadline, _ what: String = "the block log"
    ) throws(BlockStoreError) {
        let changed = progress.wait(by: deadline) {
            $0.generation > generation || $0.isClosed ? true : nil
        }
        guard changed == true else { throw .deadline(what) }
    }

    /// Tells those who wait for room, for a deletion or for the index.
    func announce(_ generation: UInt64) {
        progress.notify { $0.see(generation) }
    }

    /// Who is told of blocks that wait for the index. In a box: a closure that a generic type lends is
    /// wrapped once more each time that it is looked at, until calling it takes more stack than there is.
    private struct Indexer {
        let tell: @Sendable (Int) -> Void
    }

    // MARK: the thread

    func write(_ work: consuming LogState.Batch, with writer: LaneWriter) {
        // A memtable takes any write until it is full: large blocks would meet in it, and would find
        // two that are nearly full of others. So each of them finds none, and leaves none.
        if work.isLarge, writer.memtableByteCount > 0 { try? holder.current().flush() }
        writer.memtableByteCount += work.byteCount
        guard let written = written(consume work, with: writer) else { return }
        let isFull =
            isShortOfMemory.load(ordering: .relaxed)
            && writer.memtableByteCount >= Limits.shortMemtableBytesMax
        // First: whoever waits for a large block comes with the next one.
        if written.isLarge || isFull {
            written.database.flush()
            writer.memtableByteCount = 0
        }
        finish(written)
    }

    func end() {
        let generation = state.notify { state in
            state.setClosed()
            return state.generation
        }
        progress.notify { progress in
            progress.see(generation)
            progress.close()
        }
    }

    /// A batch that is on disk, for those who wait for that.
    private struct Written {
        let database: any Database
        let durableThrough: UInt64
        let generation: UInt64
        let waitingCount: Int
        let room: Int
        let isLarge: Bool
    }

    /// - Returns: nil when it failed.
    private func written(
        _ work: consuming LogState.Batch, with writer: LaneWriter
    ) -> Written? {
        announce(state.withLock { $0.generation })
        let (itemCount, isLarge) = (work.items.count, work.isLarge)
        fill(&writer.batch, &work)
        let database: any Database
        do throws(DatabaseError) {
            database = try holder.current()
            try database.write(writer.batch, isSynced: context.isSynced)
        } catch {
            writer.batch.clear()
            writer.failure = error
            fail(context.writeError(error, "blocks"))
            return nil
        }
        writer.batch.clear()
        figures.batches.add()
        figures.items.add(itemCount)
        return state.withLock { state in
            let room = state.batchWritten()
            return Written(
                database: database, durableThrough: state.durableThrough,
                generation: state.generation, waitingCount: state.indexableCount, room: room,
                isLarge: isLarge)
        }
    }

    private func finish(_ written: Written) {
        room.release(written.room)
        progress.notify {
            $0.advance(durableThrough: written.durableThrough, generation: written.generation)
        }
        tellIndexer(written.waitingCount)
    }

    private func fill(_ batch: inout WriteBatch, _ work: inout LogState.Batch) {
        if work.isLarge {
            let (header, payload) = Self.takeLarge(&work)
            batch.put(Key(sequence: work.first), header: header, payload: consume payload)
        } else {
            for (index, item) in work.items.enumerated() {
                put(item, at: Key(sequence: work.first + UInt64(index)), into: &batch)
            }
        }
        for sequence in work.deletions { batch.delete(Key(sequence: sequence)) }
        if let end = work.end { batch.put(LogEnd.key, end.encode()) }
        figures.bytes.add(work.byteCount)
    }

    private func put(_ item: LogQueue.Item, at key: Key, into batch: inout WriteBatch) {
        switch item {
        case .block(let block):
            batch.put(key, header: StoredValue.header(of: block), payload: block.bytes)
        case .row(let row):
            batch.put(key, header: row.stored.header, payload: row.stored.record ?? .empty)
            if let former = row.former { batch.delete(Key(sequence: former)) }
        }
    }

    /// In a function of its own: nothing else has the block when it returns, so that the batch can let
    /// go of it.
    private static func takeLarge(
        _ work: inout LogState.Batch
    ) -> (header: Bytes, payload: Bytes) {
        guard let block = work.takeLarge() else { preconditionFailure("a large batch has a block") }
        return (StoredValue.header(of: block), block.bytes)
    }

    private func fail(_ error: BlockStoreError) {
        figures.failures.add()
        let (generation, room) = state.withLock { state in
            let room = state.batchFailed(error)
            return (state.generation, room)
        }
        self.room.release(room)
        progress.notify { $0.fail(error, generation: generation) }
        tellFailure(error)
    }

    private func tellIndexer(_ count: Int) {
        if count > 0 { indexer.withLock { $0 }.tell(count) }
    }

    // MARK: reopening

    func resume(with database: any Database, isCut: Bool) throws -> [LogField] {
        let durable = state.withLock { $0.durableThrough }
        let scan = LogScan(database)
        let last = try scan.end().last
        if isCut {
            state.withLock { $0.acceptLoss(lastOnDisk: last) }
            isIncomplete.store(true, ordering: .relaxed)
        }
        try checkTail(lastOnDisk: last)
        // No more than the one batch that failed.
        let tail = try scan.tail(above: durable)
        let (waiting, through, generation) = state.notify { state in
            state.reopened(tail: tail)
            return (state.indexableCount, state.durableThrough, state.generation)
        }
        progress.notify { $0.advance(durableThrough: through, generation: generation) }
        tellIndexer(waiting)
        return [.integer("recoveredEntryCount", tail.count)]
    }

    private func checkTail(lastOnDisk: UInt64) throws(BlockStoreError) {
        guard state.withLock({ $0.hasLostBlocks(lastOnDisk: lastOnDisk) }) else { return }
        throw BlockStoreError(
            .corrupt,
            "blocks/ ends at number \(lastOnDisk), before blocks that were acknowledged: the disk "
                + "lost writes; stop the node, check the disk, restore from a replica")
    }
}
