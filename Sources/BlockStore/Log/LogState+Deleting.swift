import Multiformats

// Blocks that are taken out of the log, and that nobody may append meanwhile.

extension LogState {
    /// Announces that a block is about to be deleted.
    mutating func beginDeleting(_ multihash: Multihash) -> Deletion {
        // It may be on disk, and would be there again.
        if failedBlocks[multihash] != nil, let error = writeRefusal { return .refused(error) }
        let isFull = deletions.isFull
        // While the log takes no writes, nothing makes room.
        if isFull, let error = writeRefusal { return .refused(error) }
        guard !isFull, deletions.announce(multihash) else { return .wait(generation: generation) }
        return .begun
    }

    /// Ends a deletion.
    ///
    /// - Parameter removed: what the index no longer has, so that the log need not have it either.
    mutating func endDeleting(_ multihash: Multihash, removed: IndexEntry?) {
        deletions.end(multihash)
        generation += 1
        guard let removed else { return }
        deletions.append(removed.sequence)
        count(-1, -removed.byteCount)
    }

    /// How far deletions are that somebody waits for.
    enum DeletionProgress {
        case ended
        /// Look again when the generation has grown.
        case running(generation: UInt64)
        case refused(BlockStoreError)
    }

    /// How far the first so many deletions since the start are.
    func progress(ofFirst count: UInt64) -> DeletionProgress {
        guard deletions.isRunning(amongFirst: count) else { return .ended }
        if case .closed = life.phase { return .refused(.closed) }
        return .running(generation: generation)
    }
}
