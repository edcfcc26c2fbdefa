import Buffers
package import Execution
import Multiformats
import Synchronization

extension BlockStore {
    /// Appends blocks to the log and returns once they are on disk.
    ///
    /// Blocks that are stored already are not written again. Not for whole files: `makeAppender`
    /// asks for one barrier at their end.
    ///
    /// - Parameters:
    ///   - blocks: in the order in which they get their numbers.
    ///   - deadline: when to give up waiting; the blocks may then be written or not.
    /// - Throws: `.diskFull`, `.readOnly`, `.deadlineExceeded`, `.tooLarge`, `.closed`.
    /// - Complexity: one LevelDB write and one sync, shared with the other callers in the lane.
    package func append(_ blocks: [VerifiedBlock], by deadline: Deadline) throws(BlockStoreError) {
        let appender = makeAppender(by: deadline)
        for block in blocks { try appender.append(block) }
        try appender.barrier(by: deadline)
    }

    /// Begins a run of blocks that are to be durable together, at its end.
    ///
    /// - Parameter deadline: of each wait for room.
    /// - Returns: an appender for one thread.
    package func makeAppender(by deadline: Deadline) -> Appender {
        Appender(store: self, deadline: deadline)
    }

    /// What became of a block that was handed in.
    struct Submission {
        /// What to wait for.
        let ticket: LogTicket
        /// Whether it was not stored before.
        let isNew: Bool
    }

    /// Takes room on the store's disk for a temporary file: what is not stored leaves the reserve alone,
    /// too, because the log is to have it.
    ///
    /// - Parameter byteCount: what is about to be written.
    /// - Throws: `.diskFull`.
    package func takeDiskSpace(for byteCount: Int) throws(BlockStoreError) {
        try freeSpace.takeOnce(byteCount)
    }

    /// Queues a block unless it is there; waits only for room.
    func submit(
        _ block: VerifiedBlock, by deadline: Deadline
    ) throws(BlockStoreError) -> Submission {
        guard block.bytes.count <= Limits.blockBytesMax else {
            throw .tooLarge(block.bytes.count)
        }
        if block.multihash.code == .identity { return Submission(ticket: .none, isNew: false) }
        guard Self.canBeStored(block.multihash) else {
            throw .digestTooLong(block.multihash.digestCount)
        }
        var room = QueueRoom(in: log.room)
        while true {
            switch log.state.withLock({ $0.presence(of: block.multihash) }) {
            case .refused(let error): throw error
            case .present(let ticket):
                guard try mustBeReplaced(block.multihash) else {
                    return Submission(ticket: ticket, isNew: false)
                }
                // Only what the index has can be replaced.
                try log.wait(for: ticket, by: deadline)
                try meta.waitForIndex(through: ticket.sequence, by: deadline)
            case .beingDeleted(let generation):
                try log.waitForChange(since: generation, by: deadline)
            case .askIndex(let look):
                if let done = try enqueue(block, look, &room, by: deadline) { return done }
            }
        }
    }

    /// Whether a block is to be written anew though it is there: it is damaged, or the disk does not give it.
    private func mustBeReplaced(_ multihash: Multihash) throws(BlockStoreError) -> Bool {
        if unreadable.contains(multihash) { return true }
        if try isQuarantined(multihash) { return true }
        // The index is believed as long as the log has lost nothing under it.
        guard log.isIncomplete.load(ordering: .relaxed) else { return false }
        return try isLost(multihash)
    }

    /// Whether the log does not have a block that the index has: it goes into quarantine then.
    ///
    /// - Complexity: a read of the block.
    private func isLost(_ multihash: Multihash) throws(BlockStoreError) -> Bool {
        let known: IndexEntry?
        switch log.state.withLock({ $0.find(multihash) }) {
        case .block, .beingWritten: return false
        case .inLog(let entry): known = entry
        case nil: known = try indexEntry(multihash)
        }
        guard let entry = known else { return false }
        let finding: LogFinding
        do throws(DatabaseError) {
            if try look(at: multihash, entry).fault == nil { return false }
            finding = try look(at: multihash, entry)
        } catch {
            let told = readError(error, multihash)
            guard error.kind == .inputOutput else { throw told }
            return true
        }
        // Who has deleted it, or stored it anew, has changed what is looked at next.
        guard finding.fault != nil, try isStill(entry, of: multihash) else { return false }
        _ = damage(finding, multihash, entry)
        return true
    }

    /// One attempt to queue a block that the table does not have; nil to look again.
    private func enqueue(
        _ block: VerifiedBlock, _ look: LogState.IndexLook, _ room: inout QueueRoom,
        by deadline: Deadline
    ) throws(BlockStoreError) -> Submission? {
        let mustBeReplaced = try mustBeReplaced(block.multihash)
        let isIndexed = try indexEntry(block.multihash) != nil
        if isIndexed, !mustBeReplaced { return Submission(ticket: .none, isNew: false) }
        try freeSpace.take(block.bytes.count)
        let block = block.readyToWait()
        try room.take(MemoryCost.queued(block), by: deadline)
        let outcome = log.state.notify {
            $0.enqueue(block, isReplacement: isIndexed, after: look)
        }
        switch outcome {
        case .queued(let ticket):
            room.handOver()
            return Submission(ticket: ticket, isNew: true)
        case .lookAgain: return nil
        case .full(let generation):
            try log.waitForChange(since: generation, by: deadline)
            return nil
        }
    }
}

/// The room that one block has taken in the lane's queue before it is queued. Kept while its
/// caller looks again, so that the caller does not lose its turn.
private struct QueueRoom: ~Copyable {
    private let budget: ByteBudget
    private var byteCount = 0

    init(in budget: ByteBudget) { self.budget = budget }

    deinit { budget.release(byteCount) }

    mutating func take(_ count: Int, by deadline: Deadline) throws(BlockStoreError) {
        guard byteCount == 0 else { return }
        guard budget.acquire(count, by: deadline) else {
            throw .deadline("room among the blocks that wait to be written")
        }
        byteCount = count
    }

    /// The block is queued: the lane gives the room back.
    mutating func handOver() { byteCount = 0 }
}
