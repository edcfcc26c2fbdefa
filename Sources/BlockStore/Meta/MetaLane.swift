import Buffers
import Execution
import Multiformats
import Telemetry

/// The one writer of `meta/`, and the indexer, which is a follower of the log: it writes entries,
/// high-water mark and counters in one batch, synced, and nobody waits for it.
///
/// - Spec: architecture 3.3; stack 4.3.
final class MetaLane: Sendable {
    let state: Monitor<MetaState>
    let holder: DatabaseHolder
    let figures = LaneFigures()
    /// Room in the queue: taken by whoever has changes to write, given back here.
    let room = ByteBudget(name: "changes", limit: Limits.changeBytesMax)
    private let log: LogLane
    private let context: LaneContext
    private let indexDelay: Duration
    private let thread: Locked<Thread?> = Locked(nil)

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

    /// Starts the thread.
    func start() {
        let thread = Thread(name: "meta-lane") { [self] in run() }
        self.thread.withLock { $0 = thread }
    }

    /// Writes changes and returns once they are on disk.
    func write(_ changes: [MetaChange], by deadline: Deadline) throws(BlockStoreError) {
        let set = MetaState.ChangeSet(changes: changes)
        guard room.acquire(set.byteCount, by: deadline) else {
            throw .deadline("room among the changes that wait to be written")
        }
        try enqueue(set)
        guard let outcome = set.done.value(by: deadline) else {
            throw .deadline("a change of meta/ to be written")
        }
        if let error = outcome { throw error }
    }

    /// Writes changes that nobody waits for; they are lost if the node stops before, or if a queue's
    /// worth of others waits already.
    func writeLater(_ changes: [MetaChange]) {
        let set = MetaState.ChangeSet(changes: changes)
        guard room.tryAcquire(set.byteCount) else { return }
        try? enqueue(set)
    }

    /// Queues changes that have their room; gives it back where the lane takes none.
    private func enqueue(_ set: MetaState.ChangeSet) throws(BlockStoreError) {
        let refusal = state.notify { state in
            let refusal = state.writeRefusal
            if refusal == nil { state.enqueue(set) }
            return refusal
        }
        guard let refusal else { return }
        room.release(set.byteCount)
        throw refusal
    }

    /// Blocks wait for the index.
    func blocksWait(_ count: Int) {
        state.notify { $0.indexable(count: count, due: .after(indexDelay)) }
    }

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

    /// Writes what is queued and all of the index, and ends the thread.
    func close() {
        state.notify { $0.setClosing() }
        thread.withLock { $0.take() }?.join()
    }

    // MARK: the thread

    private func run() {
        var batch = WriteBatch()
        while true {
            switch nextWork() {
            case .write(let sets, let withIndex): write(sets, withIndex: withIndex, &batch)
            case .reopen(let error): reopen(after: error)
            case .end: return end()
            }
        }
    }

    private func nextWork() -> MetaState.Work {
        while true {
            let look = state.withLock { $0.nextLook }
            let work: MetaState.Work?? = state.wait(by: look) { state in
                if let work = state.takeWork() { return .some(work) }
                // The time to look again has changed: wait anew.
                return state.nextLook == look ? nil : .some(nil)
            }
            if let work = work ?? nil { return work }
        }
    }

    private func write(
        _ sets: [MetaState.ChangeSet], withIndex: Bool, _ batch: inout WriteBatch
    ) {
        var mark = state.withLock { $0.mark }
        let markBefore = mark
        let entries =
            withIndex ? log.state.withLock { $0.indexable(limit: Limits.indexBatchCountMax) } : []
        for set in sets { apply(set.changes, &batch, &mark) }
        index(entries, &batch, &mark)
        if mark != markBefore { batch.put(MetaKey.highWaterMark, mark.encode()) }
        if batch.count > 0 {
            do throws(DatabaseError) {
                try holder.current().write(batch, isSynced: context.isSynced)
            } catch {
                batch.clear()
                return fail(context.writeError(error, "meta"), sets)
            }
            figures.batches.add()
            figures.items.add(batch.count)
            batch.clear()
        }
        finish(entries, mark)
        tell(sets, nil)
    }

    /// Tells callers what became of their changes.
    private func tell(_ sets: [MetaState.ChangeSet], _ error: BlockStoreError?) {
        for set in sets {
            room.release(set.byteCount)
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
                batch.delete(MetaKey.quarantine(multihash))
                mark.blockCount -= 1
                mark.byteCount -= entry.byteCount
            }
        }
    }

    private func index(
        _ entries: [(Multihash, LogTable.Entry)], _ batch: inout WriteBatch,
        _ mark: inout HighWaterMark
    ) {
        for (multihash, known) in entries {
            batch.put(MetaKey.index(multihash), known.entry.encode())
            mark.sequence = max(mark.sequence, known.entry.sequence)
            if known.isReplacement {
                batch.delete(MetaKey.quarantine(multihash))
            } else {
                mark.blockCount += 1
                mark.byteCount += known.entry.byteCount
            }
        }
    }

    private func finish(_ entries: [(Multihash, LogTable.Entry)], _ mark: HighWaterMark) {
        for (multihash, known) in entries where known.isReplacement {
            context.quarantine.remove(multihash)
        }
        let (remaining, generation) = log.state.withLock { state in
            if !entries.isEmpty { state.indexed(through: mark.sequence) }
            return (state.indexableCount, state.generation)
        }
        state.withLock { state in
            state.written(mark: mark, remaining: remaining, due: .after(indexDelay))
        }
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
        tell(sets + waiting, error)
        context.log.error(
            "meta/ takes no writes until it is reopened", [.text("error", "\(error)")])
    }

    private func reopen(after error: BlockStoreError) {
        guard context.waitBeforeReopening(state, isClosing: { $0.isClosing }) else { return }
        do {
            let database = try holder.reopen(repair: context.repair)
            let value = try database.value(for: MetaKey.highWaterMark)
            let mark = value.map(HighWaterMark.init(decoding:)) ?? HighWaterMark()
            guard let mark else { throw BlockStoreError.damagedMark }
            // The failed batch may be there after all: what it indexed needs no second time.
            log.announce(
                log.state.withLock { state in
                    state.recount(from: mark)
                    state.refuse(nil)
                    return state.generation
                })
            state.notify { $0.reopened(mark: mark) }
            context.log.info("meta/ is open again")
        } catch {
            context.log.error(
                "meta/ could not be reopened and is tried again", [.text("error", "\(error)")])
        }
    }

    private func end() {
        let waiting = state.withLock { $0.setClosed() }
        tell(waiting, .closed)
    }
}
