import Buffers
package import Execution

extension BlockStore {
    /// How far a follower has come; nil for one that has never worked here.
    ///
    /// - Throws: `.corrupt` where the record is damaged or of a later version, `.readError`, `.closed`.
    package func cursor(
        of name: FollowerName
    ) throws(BlockStoreError) -> FollowerCursor? {
        try record(at: name, in: FollowerCursor.table).map {
            FollowerCursor(name: name, sequence: $0.sequence, state: $0.state)
        }
    }

    /// Moves a follower's cursor, and returns once that is on disk, with what has come of the follower's work:
    /// rows that the log keeps before it, those of derived tables in one batch with it.
    ///
    /// - Parameters:
    ///   - cursor: where it is now, with its state.
    ///   - changes: rows that change because of the pages up to there, whatever stood there before.
    ///   - deadline: when to give up; the cursor may then be moved or not.
    /// - Throws: `.tooLarge` for its state or the changes, `.diskFull`, `.readOnly`, `.deadlineExceeded`,
    ///   `.closed`.
    /// - Complexity: one synced write, shared with others; two with rows that the log keeps.
    package func advance(
        _ cursor: FollowerCursor, with changes: TableChanges = TableChanges(), by deadline: Deadline
    ) throws(BlockStoreError) {
        try advance(cursor, with: changes, and: [], by: deadline)
    }

    /// Moves it in one batch with what is in no table, too.
    func advance(
        _ cursor: FollowerCursor, with changes: TableChanges, and others: [MetaChange],
        by deadline: Deadline
    ) throws(BlockStoreError) {
        guard cursor.state.count <= Limits.followerStateBytesMax else {
            throw .stateTooLarge(cursor)
        }
        var move = TableChanges()
        move.put(cursor.record, at: cursor.name, in: FollowerCursor.table)
        let together = others + changes.derived + move.derived
        // A cursor is written in place of the one before: on a full disk, too.
        guard !changes.isEmpty else { return try meta.write(together, by: deadline) }
        try freeSpace.take(changes.byteCount)
        try claiming(changes.places, by: deadline) { turn throws(BlockStoreError) in
            try log.wait(for: try queue(changes, turn, by: deadline), by: deadline)
            try meta.write(together, in: turn.metaEpoch, by: deadline)
        }
    }
}

extension BlockStoreError {
    fileprivate static func stateTooLarge(_ cursor: FollowerCursor) -> BlockStoreError {
        BlockStoreError(
            .tooLarge,
            "the state of the follower \(cursor.name) takes \(cursor.state.count) bytes; it may have "
                + "\(Limits.followerStateBytesMax)")
    }
}
