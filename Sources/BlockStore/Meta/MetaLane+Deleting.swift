import Execution

extension MetaLane {
    /// Takes the blocks of a deletion out of the index, and ends it then, also where nobody waits for that
    /// any more. One whose write has failed ends when the database is open again: until then it may be on
    /// disk, and those who read see what was there before.
    ///
    /// - Returns: what becomes of the write; nil for success.
    /// - Throws: where the lane does not take it over: the caller ends it.
    func begin(
        _ deletion: BlockDeletion, by deadline: Deadline
    ) throws(BlockStoreError) -> Pending<BlockStoreError?> {
        let set = MetaState.ChangeSet(changes: deletion.changes, deletion: deletion)
        guard room.acquire(set.byteCount, by: deadline) else {
            throw .deadline("room among the changes that wait to be written")
        }
        try enqueue(set)
        return set.done
    }

    /// Notes deletions of which nobody knows whether they are on disk.
    func doubt(_ sets: [MetaState.ChangeSet]) {
        doubtful.withLock { $0 += sets.compactMap(\.deletion) }
    }

    /// Ends them: the database is open again, or nobody reads it any more.
    func endDoubtful() {
        let deletions = doubtful.withLock { doubtful in
            defer { doubtful = [] }
            return doubtful
        }
        for deletion in deletions { deletion.end(.recounted) }
    }
}
