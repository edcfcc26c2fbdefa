import Buffers
import Execution
import Telemetry

// Entries of the log that are rows, as a follower meets them.

extension BlockStore {
    /// Takes entries out of the log that say nothing any more: removals, and what was replaced, where a crash
    /// came before the log could forget them.
    ///
    /// An entry of a row that `meta/` does not have is left alone: if that has lost something, it is the only
    /// copy.
    ///
    /// - Complexity: one look-up in `meta/` for each.
    func collect(_ entries: [LogPage.Row]) throws(BlockStoreError) {
        // What was repaired is compared at the next start; until then nobody knows what it lacks.
        guard !entries.isEmpty, (try? disk.repairedDatabases().isEmpty) == true else { return }
        let indexedThrough = log.state.withLock { $0.indexedThrough }
        for entry in entries where entry.sequence <= indexedThrough {
            let stored = try metaValue(for: entry.key).map(MetaRow.init(decoding:))
            let isOver: Bool =
                switch stored {
                case nil: entry.isRemoval
                case .some(let row): row.map { $0.sequence > entry.sequence } ?? false
                }
            if isOver { log.state.withLock { $0.rows.collect(entry.sequence) } }
        }
    }

    /// Writes the entries of rows anew that `meta/` has at numbers where the log has something else.
    ///
    /// - Parameters:
    ///   - numbers: where there was damage at the first look.
    ///   - deadline: of each wait.
    ///   - isOver: asked now and then: whether to give it up.
    /// - Complexity: a walk over all rows, and a read for each that is looked at.
    func rewriteEntries(
        at numbers: NumberRanges, by deadline: Deadline, unless isOver: () -> Bool
    ) throws {
        for letter in UInt8.min...UInt8.max where !MetaKey.storeTables.contains(letter) {
            try forEachEntry(in: letter) { key, value in
                if let row = MetaRow(decoding: value), numbers.contains(row.sequence) {
                    try rewriteEntry(of: row, at: key, by: deadline)
                }
                return !isOver()
            }
        }
    }

    private func rewriteEntry(
        of row: MetaRow, at key: Key, by deadline: Deadline
    ) throws(BlockStoreError) {
        let (settledCount, epoch) = log.state.withLock { ($0.rows.settledCount, $0.epoch) }
        let entry = StoredRow(key: key, record: row.record)
        let isStill = try metaValue(for: key).flatMap(MetaRow.init(decoding:)) == row
        guard isStill, try !isWhole(entry, at: row.sequence) else { return }
        let outcome = log.state.notify {
            $0.enqueue(
                [entry], former: [row.sequence], settledCount: settledCount, epoch: epoch,
                unlessChanged: true)
        }
        // Where anything has happened to the row meanwhile it has another entry, or is met again.
        guard case .queued(let ticket) = outcome, ticket != .none else { return }
        try log.wait(for: ticket, by: deadline)
        options.log.warning(
            "the copy of a row in blocks/ was damaged and has been written anew",
            [.integer("sequence", Int(clamping: row.sequence))])
    }

    /// - Throws: where the disk does not give it: that says nothing about the entry.
    private func isWhole(
        _ entry: StoredRow, at sequence: UInt64
    ) throws(BlockStoreError) -> Bool {
        do throws(DatabaseError) {
            return try log.holder.read { database throws(DatabaseError) in
                try database.holds(entry, at: sequence)
            }
        } catch {
            guard error.kind != .closed else { throw .closed }
            throw BlockStoreError(
                .readError, "blocks/ could not be read: \(error.message); check the disk")
        }
    }
}
