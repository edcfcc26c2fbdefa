import Buffers
import Execution
import Multiformats
import Telemetry

/// The one writer of `meta/`, and the indexer, which is a follower of the log: it writes index entries and
/// rows of tables, high-water mark and counters in one batch, synced, and nobody waits for it.
final class MetaLane: Lane {
    let state: Monitor<MetaState>
    let holder: DatabaseHolder
    let figures = LaneFigures()
    /// Room in the queue: taken by whoever has changes to write, given back here.
    let room = ByteBudget(name: "changes", limit: Limits.changeBytesMax)
    /// Deletions whose write has failed. None comes while the database is not open again: no more than
    /// there is room for in the queue.
    let doubtful = Locked<[BlockDeletion]>([])
    private let log: LogLane
    let context: LaneContext
    private let indexDelay: Duration
    let thread: Locked<Thread?> = Locked(nil)

    init(
        _ holder: DatabaseHolder, mark: HighWaterMark, log: LogLane, context: LaneContext,
        indexDelay: Duration
    ) {
        self.holder = holder
        self.log = log
        self.context = context
        self.indexDelay = indexDelay
        state = Monitor(MetaState(mark: mark))
    }

    /// Writes changes and returns once they are on disk.
    ///
    /// - Parameter epoch: that of the look that they come from: where a write has failed since they are
    ///   refused; nil where they come from none.
    func write(
        _ changes: [MetaChange], in epoch: Int? = nil, by deadline: Deadline
    ) throws(BlockStoreError) {
        let set = MetaState.ChangeSet(changes: changes, epoch: epoch)
        guard room.acquire(set.byteCount, by: deadline) else {
            throw .deadline("room among the changes that wait to be written")
        }
        try enqueue(set)
        guard let outcome = set.done.value(by: deadline) else {
            throw .deadline("a change of meta/ to be written")
        }
        if let error = outcome { throw error }
    }

    /// Returns once no change of rows is on its way here.
    ///
    /// - Returns: the epoch of what can be read then.
    func settle(by deadline: Deadline) throws(BlockStoreError) -> Int {
        let (epoch, hasRows) = state.withLock { ($0.epoch, $0.hasRows) }
        if hasRows { try write([], in: epoch, by: deadline) }
        return epoch
    }

    /// Writes changes that nobody waits for; they are lost if the node stops before, or if a queue's
    /// worth of others waits already.
    func writeLater(_ changes: [MetaChange]) {
        let set = MetaState.ChangeSet(changes: changes)
        guard room.tryAcquire(set.byteCount) else { return }
        try? enqueue(set)
    }

    /// Queues changes that have their room; gives it back where the lane takes none.
    func enqueue(_ set: MetaState.ChangeSet) throws(BlockStoreError) {
        let refusal = state.notify { state in
            let refusal = state.refusal(of: set)
            if refusal == nil { state.enqueue(set) }
            return refusal
        }
        guard let refusal else { return }
        room.release(set.byteCount)
        throw refusal
    }

    /// Blocks wait for the index.
    func blocksWait(_ count: Int) {
        let due = indexDue
        state.notify { $0.indexable(count: count, due: due) }
    }

    /// When what comes now into the table is to be in the index.
    private var indexDue: Instant { context.clock.now.advanced(by: indexDelay) }

    /// Has the lane write what waits for the index at once.
    func hurryIndex() { state.notify { $0.wantIndex() } }

    /// Returns once the index on disk holds everything up to a number.
    func waitForIndex(through sequence: UInt64, by deadline: Deadline) throws(BlockStoreError) {
        while true {
            let (indexed, generation) = log.state.withLock { ($0.indexedThrough, $0.generation) }
            if indexed >= sequence { return }
            let refusal = state.notify { state in
                state.wantIndex()
                return state.writeRefusal
            }
            if let refusal { throw refusal }
            try log.waitForChange(since: generation, by: deadline)
        }
    }

    // MARK: the thread

    func write(_ work: MetaState.Batch, with writer: LaneWriter) {
        var mark = state.withLock { $0.mark }
        let markBefore = mark
        let portion =
            work.withIndex
            ? log.state.withLock { $0.indexable(limit: Limits.indexBatchCountMax) }
            : LogState.Portion(through: mark.sequence)
        for set in work.sets { apply(set.changes, &writer.batch, &mark) }
        let released = index(portion.blocks, &writer.batch, &mark)
        for (key, version) in portion.rows { writer.batch.put(key, version) }
        if portion.through > mark.sequence {
            mark.sequence = portion.through
            mark.changeCount += 1
        }
        if mark != markBefore { writer.batch.put(MetaKey.highWaterMark, mark.encode()) }
        do throws(DatabaseError) {
            try write(&writer.batch)
        } catch {
            writer.failure = error
            return fail(context.writeError(error, "meta"), work.sets)
        }
        finish(portion, released, mark)
        state.withLock { $0.setsWritten() }
        tell(work.sets, nil)
    }

    private func write(_ batch: inout WriteBatch) throws(DatabaseError) {
        guard batch.count > 0 else { return }
        defer { batch.clear() }
        try holder.current().write(batch, isSynced: context.isSynced)
        figures.batches.add()
        figures.items.add(batch.count)
    }

    /// Tells callers what became of their changes.
    ///
    /// - Parameter isCertain: whether it is known what is on disk of them.
    private func tell(
        _ sets: [MetaState.ChangeSet], _ error: BlockStoreError?, isCertain: Bool = true
    ) {
        for set in sets {
            room.release(set.byteCount)
            if isCertain { set.deletion?.end(error == nil ? .gone : .kept) }
            set.done.fulfil(error)
        }
    }

    private func apply(
        _ changes: [MetaChange], _ batch: inout WriteBatch, _ mark: inout HighWaterMark
    ) {
        for change in changes {
            switch change {
            case .put(let key, let value): batch.put(key, value)
            case .delete(let key): batch.delete(key)
            case .forget(let multihash, let entry):
                batch.delete(MetaKey.index(multihash))
                // Who makes a record has noted the block before.
                if context.quarantine.contains(multihash) != .no {
                    batch.delete(MetaKey.quarantine(multihash))
                }
                mark.blockCount -= 1
                mark.byteCount -= entry.byteCount
                mark.changeCount += 1
            }
        }
    }

    /// - Returns: the blocks that leave the quarantine because they were stored again.
    private func index(
        _ entries: [(Multihash, LogTable.Entry)], _ batch: inout WriteBatch,
        _ mark: inout HighWaterMark
    ) -> [Multihash] {
        var released: [Multihash] = []
        for (multihash, known) in entries {
            batch.put(MetaKey.index(multihash), known.entry.encode())
            if isQuarantined(multihash) {
                batch.delete(MetaKey.quarantine(multihash))
                released.append(multihash)
            }
            guard !known.isReplacement else { continue }
            mark.blockCount += 1
            mark.byteCount += known.entry.byteCount
        }
        return released
    }

    private func isQuarantined(_ multihash: Multihash) -> Bool {
        switch context.quarantine.contains(multihash) {
        case .yes: return true
        case .no: return false
        case .askDisk:
            let value = try? holder.current().value(for: MetaKey.quarantine(multihash))
            return value != nil
        }
    }

    private func finish(
        _ portion: LogState.Portion, _ released: [Multihash], _ mark: HighWaterMark
    ) {
        for multihash in released { context.quarantine.remove(multihash) }
        for (multihash, known) in portion.blocks where known.isReplacement {
            context.unreadable.remove(multihash)
        }
        let (remaining, generation) = log.state.withLock { state in
            state.metaWritten(mark)
            return (state.indexableCount, state.generation)
        }
        let due = indexDue
        state.withLock { $0.written(mark: mark, remaining: remaining, due: due) }
        log.announce(generation)
    }

    private func fail(_ error: BlockStoreError, _ sets: [MetaState.ChangeSet]) {
        figures.failures.add()
        let waiting = state.withLock { $0.failed(error) }
        let generation = log.state.withLock { state in
            state.refuse(error)
            return state.generation
        }
        log.announce(generation)
        doubt(sets)
        tell(sets, error, isCertain: false)
        tell(waiting, error)
        tellFailure(error)
    }

    func resume(with database: any Database, isCut: Bool) throws -> [LogField] {
        let value = try database.value(for: MetaKey.highWaterMark)
        let mark = value.map(HighWaterMark.init(decoding:)) ?? HighWaterMark()
        guard let mark else { throw HighWaterMark.damage }
        let isIncomplete = wasRepaired()
        // The failed batch may be there after all: what it indexed needs no second time.
        log.state.withLock { state in
            if isIncomplete { state.rows.metaWasRepaired() }
            state.recount(from: mark)
        }
        // First: who is told that the store takes writes comes with one.
        state.notify { $0.reopened(mark: mark, isIncomplete: isIncomplete) }
        log.announce(
            log.state.withLock { state in
                state.refuse(nil)
                return state.generation
            })
        endDoubtful()
        return []
    }

    /// Whether the database has been repaired since the start, and may lack what the log has. One of which
    /// that cannot be told may, too.
    private func wasRepaired() -> Bool {
        let repaired = try? context.disk.repairedDatabases()
        guard repaired?.contains(holder.name) ?? true else { return false }
        context.disk.noteDamage(
            "meta/ has been repaired while the node ran, and may lack pins and blocks that blocks/ has: "
                + "restart the node, which compares the two; until then no block is removed")
        return true
    }

    func end() {
        let waiting = state.withLock { $0.setClosed() }
        tell(waiting, .closed)
        endDoubtful()
    }
}
