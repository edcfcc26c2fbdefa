import Buffers
import Execution
import Multiformats
import Synchronization
import Telemetry

/// The one writer of `blocks/`: takes what is queued as one batch, makes one synced write, then
/// tells the waiters. After any failed write it writes nothing more until it has reopened the
/// database and read its tail.
///
/// - Spec: architecture 3.3; stack 4.2 and 4.3.
final class LogLane: Sendable {
    let state: Monitor<LogState>
    let progress: Monitor<LogProgress>
    let holder: DatabaseHolder
    let figures = LaneFigures()
    /// Room in the queue: taken by whoever appends, in turn, so that a large block gets in too;
    /// given back here.
    let room = ByteBudget(name: "append", limit: Limits.queueBytesMax)
    /// Whether memtables are to be written before they are full.
    let isShortOfMemory = Atomic(false)
    private let context: LaneContext
    private let thread: Locked<Thread?> = Locked(nil)

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
        let thread = Thread(name: "blocks-lane") { [self] in run(didWrite) }
        self.thread.withLock { $0 = thread }
    }

    /// Waits until a block is on disk.
    func wait(for ticket: LogTicket, by deadline: Deadline) throws(BlockStoreError) {
        let outcome = progress.wait(by: deadline) { $0.outcome(of: ticket) }
        guard let outcome else { throw .deadline("blocks to be written") }
        try outcome.get()
    }

    /// Waits until something has changed since a generation was seen.
    func waitForChange(since generation: UInt64, by deadline: Deadline) throws(BlockStoreError) {
        let changed = progress.wait(by: deadline) {
            $0.generation > generation || $0.isClosed ? true : nil
        }
        guard changed == true else { throw .deadline("the block log") }
    }

    /// Tells those who wait for room, for a deletion or for the index.
    func announce(_ generation: UInt64) {
        progress.notify { $0.see(generation) }
    }

    /// Writes what is queued and ends the thread. Readers go on until the holder is closed.
    func close() {
        state.notify { $0.setClosing() }
        thread.withLock { $0.take() }?.join()
    }

    // MARK: the thread

    private enum Work {
        case write(LogState.Batch)
        case reopen(BlockStoreError)
        case end
    }

    private func run(_ didWrite: (Int) -> Void) {
        var batch = WriteBatch()
        // A memtable takes any write until it is full: large blocks would meet in it, and would find
        // two that are nearly full of others. So each of them finds none, and leaves none.
        var memtableByteCount = 1
        while true {
            var written: Written?
            switch nextWork() {
            case .write(var work):
                if work.isLarge, memtableByteCount > 0 { try? holder.current().flush() }
                written = write(&work, &batch)
                memtableByteCount += work.byteCount
            case .reopen(let error): reopen(after: error, didWrite)
            case .end:
                let generation = state.notify { state in
                    state.setClosed()
                    return state.generation
                }
                progress.notify { progress in
                    progress.see(generation)
                    progress.close()
                }
                return
            }
            // Here nothing holds the blocks any more.
            guard let written else { continue }
            let isFull =
                isShortOfMemory.load(ordering: .relaxed)
                && memtableByteCount >= Limits.shortMemtableBytesMax
            // First: whoever waits for a large block comes with the next one.
            if written.isLarge || isFull {
                written.database.flush()
                memtableByteCount = 0
            }
            finish(written, didWrite)
        }
    }

    private func nextWork() -> Work {
        let work: Work? = state.wait(by: .never) { state in
            switch state.phase {
            case .open: return state.takeBatch().map { .write($0) }
            case .failed(let error): return .reopen(error)
            case .closing: return state.takeBatch().map { .write($0) } ?? .end
            case .closed: return .end
            }
        }
        return work ?? .end
    }

    /// A batch that is on disk, for those who wait for that.
    private struct Written {
        let database: Database
        let durableThrough: UInt64
        let generation: UInt64
        let waitingCount: Int
        let room: Int
        let isLarge: Bool
    }

    /// - Returns: nil when it failed.
    private func write(_ work: inout LogState.Batch, _ batch: inout WriteBatch) -> Written? {
        announce(state.withLock { $0.generation })
        let blockCount = work.blocks.count
        fill(&batch, &work)
        let database: Database
        do throws(DatabaseError) {
            database = try holder.current()
            try database.write(batch, isSynced: context.isSynced)
        } catch {
            batch.clear()
            fail(context.writeError(error, "blocks"))
            return nil
        }
        batch.clear()
        figures.batches.add()
        figures.items.add(blockCount)
        return state.withLock { state in
            let room = state.batchWritten()
            return Written(
                database: database, durableThrough: state.durableThrough,
                generation: state.generation, waitingCount: state.indexableCount, room: room,
                isLarge: work.isLarge)
        }
    }

    private func finish(_ written: Written, _ didWrite: (Int) -> Void) {
        room.release(written.room)
        progress.notify {
            $0.advance(durableThrough: written.durableThrough, generation: written.generation)
        }
        if written.waitingCount > 0 { didWrite(written.waitingCount) }
    }

    private func fill(_ batch: inout WriteBatch, _ work: inout LogState.Batch) {
        if work.isLarge {
            let (header, payload) = Self.takeLarge(&work)
            batch.put(Key(sequence: work.first), header: header, payload: consume payload)
        } else {
            for (index, block) in work.blocks.enumerated() {
                batch.put(
                    Key(sequence: work.first + UInt64(index)),
                    header: StoredValue.header(of: block), payload: block.bytes)
            }
        }
        for sequence in work.deletions { batch.delete(Key(sequence: sequence)) }
        figures.bytes.add(work.byteCount)
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
        context.log.error(
            "blocks/ takes no writes until it is reopened", [.text("error", "\(error)")])
    }

    // MARK: reopening

    private func reopen(after error: BlockStoreError, _ didWrite: (Int) -> Void) {
        guard context.waitBeforeReopening(state, isClosing: { $0.isClosing }) else { return }
        do {
            let database = try holder.reopen(repair: context.repair)
            let durable = state.withLock { $0.durableThrough }
            let scan = LogScan(database)
            try checkTail(lastOnDisk: try scan.lastSequence())
            // No more than the one batch that failed.
            let tail = try scan.tail(above: durable)
            let replaced = Set(tail.map(\.0).filter { context.quarantine.contains($0) != .no })
            let waiting = state.notify { state in
                state.reopened(tail: tail, replaced: replaced)
                return state.tableCount
            }
            let (through, generation) = state.withLock { ($0.durableThrough, $0.generation) }
            progress.notify { $0.advance(durableThrough: through, generation: generation) }
            context.log.info(
                "blocks/ is open again", [.integer("recoveredBlockCount", tail.count)])
            if waiting > 0 { didWrite(waiting) }
        } catch {
            context.log.error(
                "blocks/ could not be reopened and is tried again", [.text("error", "\(error)")])
        }
    }
}

extension LogLane {
    private func checkTail(lastOnDisk: UInt64) throws(BlockStoreError) {
        guard state.withLock({ $0.hasLostBlocks(lastOnDisk: lastOnDisk) }) else { return }
        throw BlockStoreError(
            .corrupt,
            "blocks/ ends at number \(lastOnDisk), before blocks that were acknowledged: the disk "
                + "lost writes; stop the node, check the disk, restore from a replica")
    }
}

extension LogState {
    /// Whether the lane has to end.
    var isClosing: Bool {
        switch phase {
        case .closing, .closed: true
        case .open, .failed: false
        }
    }
}
