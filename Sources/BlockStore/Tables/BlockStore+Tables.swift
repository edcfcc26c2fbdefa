import Buffers
package import Execution

// Tables of `meta/`. Who changes a row because of what stands in it claims the row first: nobody else who
// does changes it meanwhile.

extension BlockStore {
    /// The record of a row.
    ///
    /// - Returns: nil where there is none.
    /// - Throws: `.corrupt` for a damaged row or table, `.readError`, `.closed`.
    /// - Complexity: one look-up.
    package func record<RowKey, Record>(
        at key: RowKey, in table: Table<RowKey, Record>
    ) throws(BlockStoreError) -> Record? {
        let place = table.place(of: key)
        let value: Bytes
        // First: what has left it meanwhile is in `meta/`.
        if let version = log.state.withLock({ $0.rows.visible[place] }) {
            guard let record = version.record else { return nil }
            value = record
        } else {
            guard let stored = try metaValue(for: place) else { return nil }
            guard let row = MetaRow(decoding: stored) else {
                throw damagedEntry("a damaged \(table.rowName)")
            }
            value = row.record
        }
        guard let record = table.record(decoding: value) else { throw damagedRow(in: table) }
        return record
    }

    /// Claims rows, changes some, and returns once that is on disk.
    ///
    /// - Parameters:
    ///   - table: of the rows that are claimed.
    ///   - keys: the rows.
    ///   - deadline: when to give up; the changes may then be written or not.
    ///   - usesReserve: whether the reserve of free space may be used: for what gives room.
    ///   - body: reads what it has to, and says what is to be changed, in any table. Not from within
    ///     another claim.
    /// - Throws: `.diskFull`, `.readOnly`, `.deadlineExceeded`, `.closed`, `.tooLarge` for more than
    ///   `Limits.rowChangeBytesMax`, and what the body throws: then nothing is changed.
    /// - Complexity: one synced write, shared with others; none where nothing is to be changed.
    package func change<RowKey, Record, Result>(
        _ table: Table<RowKey, Record>, claiming keys: Set<RowKey>, by deadline: Deadline,
        usesReserve: Bool = false,
        _ body: (inout TableChanges) throws(BlockStoreError) -> Result
    ) throws(BlockStoreError) -> Result {
        try change(
            claiming: Set(keys.map(table.place)), by: deadline, usesReserve: usesReserve, body)
    }

    /// The same where rows of several tables are claimed together.
    ///
    /// - Parameter places: of the rows: `Table.place(of:)`.
    package func change<Result>(
        claiming places: Set<Key>, by deadline: Deadline, usesReserve: Bool = false,
        _ body: (inout TableChanges) throws(BlockStoreError) -> Result
    ) throws(BlockStoreError) -> Result {
        try claiming(places, by: deadline) { turn throws(BlockStoreError) in
            var changes = TableChanges()
            let result = try body(&changes)
            if !usesReserve { try freeSpace.take(changes.byteCount) }
            try write(changes, turn, by: deadline)
            return result
        }
    }

    /// Runs something that changes rows, while nobody else who claims them does. Not from within another
    /// claim: who waits for that goes first.
    ///
    /// What is read of the rows is what was changed last: also by who no longer waited for that.
    func claiming<RowKey, Record, Result>(
        _ keys: Set<RowKey>, in table: Table<RowKey, Record>, by deadline: Deadline,
        _ body: (ChangeTurn) throws(BlockStoreError) -> Result
    ) throws(BlockStoreError) -> Result {
        try claiming(Set(keys.map(table.place)), by: deadline, body)
    }

    /// The same for rows of several tables.
    func claiming<Result>(
        _ places: Set<Key>, by deadline: Deadline,
        _ body: (ChangeTurn) throws(BlockStoreError) -> Result
    ) throws(BlockStoreError) -> Result {
        try claims.with(places, by: deadline) { () throws(BlockStoreError) in
            try body(try settle(places, by: deadline))
        }
    }

    /// A look at rows, and what was known of the log then.
    struct ChangeTurn {
        /// What is changed because of the look is changed in this epoch or not at all: what a failed write
        /// has left shows in the next.
        let epoch: Int
        /// The same of `meta/`, for rows that are there alone.
        let metaEpoch: Int
    }

    /// Returns once no change of some rows is on its way to the disk.
    private func settle(
        _ places: Set<Key>, by deadline: Deadline
    ) throws(BlockStoreError) -> ChangeTurn {
        let metaEpoch = try meta.settle(by: deadline)
        while true {
            switch log.state.withLock({ $0.changes(of: places) }) {
            case .settled(let epoch): return ChangeTurn(epoch: epoch, metaEpoch: metaEpoch)
            case .refused(let error): throw error
            case .onTheWay(let ticket):
                do throws(BlockStoreError) {
                    try log.wait(for: ticket, by: deadline)
                } catch {
                    // Why it was not written is its writer's to know.
                    guard error.code != .deadlineExceeded else { throw error }
                }
            }
        }
    }

    /// Writes changes of claimed rows; none is harmless.
    func write(
        _ changes: TableChanges, _ turn: ChangeTurn, by deadline: Deadline
    ) throws(BlockStoreError) {
        guard !changes.isEmpty else { return }
        try log.wait(for: try queue(changes, turn, by: deadline), by: deadline)
        guard !changes.derived.isEmpty else { return }
        try meta.write(changes.derived, in: turn.metaEpoch, by: deadline)
    }

    /// Queues those changes that the log keeps; waits only for room.
    func queue(
        _ changes: TableChanges, _ turn: ChangeTurn, by deadline: Deadline
    ) throws(BlockStoreError) -> LogTicket {
        try changes.check()
        while !changes.rows.isEmpty {
            guard !deadline.hasPassed else { throw .deadline("rows of a table to be written") }
            let settledCount = log.state.withLock { $0.rows.settledCount }
            let former = try formerSequences(of: changes.rows)
            let outcome = log.state.notify {
                $0.enqueue(
                    changes.rows, former: former, settledCount: settledCount, epoch: turn.epoch)
            }
            switch outcome {
            case .queued(let ticket): return ticket
            case .lookAgain: continue
            case .refused(let error): throw error
            case .full(let generation):
                meta.hurryIndex()
                try log.waitForChange(since: generation, by: deadline)
            }
        }
        return .none
    }

    /// The numbers of the entries that `meta/` knows of some rows.
    private func formerSequences(
        of rows: [StoredRow]
    ) throws(BlockStoreError) -> [UInt64?] {
        var numbers: [UInt64?] = []
        for row in rows {
            let stored = try metaValue(for: row.key).flatMap(MetaRow.init(decoding:))
            // None where the log has no copy.
            numbers.append(stored?.sequence == 0 ? nil : stored?.sequence)
        }
        return numbers
    }

    func damagedRow<RowKey, Record>(in table: Table<RowKey, Record>) -> BlockStoreError {
        // Of others the log has the same.
        guard table.durability == .kept else { return damagedEntry("a damaged \(table.rowName)") }
        return BlockStoreError(
            .corrupt,
            "meta/ has a damaged \(table.rowName), or one of a later version of Holdfast: install that "
                + "version, or check the disk")
    }
}
