import Buffers
package import Execution

extension BlockStore {
    /// How far a follower has come; nil for one that has never worked here.
    ///
    /// - Throws: `.corrupt` where the record is damaged or of a later version, `.readError`, `.closed`.
    package func cursor(of name: String) throws(BlockStoreError) -> FollowerCursor? {
        guard let value = try metaValue(for: MetaKey.cursor(name)) else { return nil }
        guard let cursor = FollowerCursor(name: name, decoding: value) else {
            throw damagedEntry("a damaged cursor of the follower \(name)")
        }
        return cursor
    }

    /// Moves a follower's cursor, and returns once that is on disk.
    ///
    /// - Parameters:
    ///   - cursor: where it is now, with its state.
    ///   - deadline: when to give up; the cursor may then be moved or not.
    /// - Throws: `.tooLarge` for its state, `.readOnly`, `.deadlineExceeded`, `.closed`.
    /// - Complexity: one synced write, shared with others.
    package func advance(
        _ cursor: FollowerCursor, by deadline: Deadline
    ) throws(BlockStoreError) {
        try advance(cursor, with: [], by: deadline)
    }

    /// Moves a follower's cursor together with what has come of its work: both are on disk, or neither.
    func advance(
        _ cursor: FollowerCursor, with changes: [MetaChange], by deadline: Deadline
    ) throws(BlockStoreError) {
        guard cursor.state.count <= Limits.followerStateBytesMax else {
            throw .stateTooLarge(cursor)
        }
        let move = MetaChange.put(MetaKey.cursor(cursor.name), cursor.encode())
        try meta.write(changes + [move], by: deadline)
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
