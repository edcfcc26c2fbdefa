import Buffers

// Rows of tables on their way through the log.

extension LogState {
    /// How changes stand that somebody made of some rows.
    enum RowChanges {
        /// None is on its way: what can be read is what the next change is of, as long as the epoch lasts.
        case settled(epoch: Int)
        /// One is on its way to the disk.
        case onTheWay(LogTicket)
        case refused(BlockStoreError)
    }

    /// What became of rows that were to be queued.
    enum RowsEnqueued {
        case queued(LogTicket)
        /// Rows have gone over to `meta/` since the numbers there were read: read them again.
        case lookAgain
        /// There is no room: ask again when the generation has grown.
        case full(generation: UInt64)
        case refused(BlockStoreError)
    }

    /// What is known of rows that are to be changed.
    func changes(of keys: Set<Key>) -> RowChanges {
        if let error = writeRefusal { return .refused(error) }
        if let sequence = rows.queuedSequence(of: keys) {
            return .onTheWay(LogTicket(epoch: epoch, sequence: sequence))
        }
        return .settled(epoch: epoch)
    }

    /// Queues rows that go together.
    ///
    /// - Parameters:
    ///   - changes: the rows as they are to be, each once. What is removed and was never there is left out.
    ///   - former: for each of them the number that `meta/` has.
    ///   - settledCount: that of the rows before those numbers were read.
    ///   - epoch: that of the look that the changes come from.
    ///   - unlessChanged: whether nothing is queued where a row is on its way already, or newer than in
    ///     `meta/`.
    mutating func enqueue(
        _ changes: [StoredRow], former: [UInt64?], settledCount: UInt64, epoch: Int,
        unlessChanged: Bool = false
    ) -> RowsEnqueued {
        if let error = writeRefusal { return .refused(error) }
        guard epoch == self.epoch else { return .refused(.reopenedMeanwhile) }
        guard settledCount == rows.settledCount else { return .lookAgain }
        if unlessChanged, changes.contains(where: { rows.lastSequence(of: $0.key) != nil }) {
            return .queued(.none)
        }
        let byteCount = changes.reduce(0) { $0 + MemoryCost.row($1.key, $1.record) }
        guard rows.hasRoom(for: byteCount) else { return .full(generation: generation) }
        let steps = zip(changes, former).filter { change, former in
            change.record != nil || former != nil || rows.isMetaIncomplete
                || rows.lastSequence(of: change.key) != nil
        }
        for (index, (change, former)) in steps.enumerated() {
            queue.append(
                LogQueue.QueuedRow(
                    stored: change, former: rows.lastSequence(of: change.key) ?? former,
                    followingCount: steps.count - 1 - index))
            rows.append(
                change.key, RowVersion(sequence: lastSequence, record: change.record))
        }
        return .queued(steps.isEmpty ? .none : tail)
    }
}
