import Multiformats

// Blocks that are taken out of the log, and that nobody may append meanwhile.

extension LogState {
    /// Announces that a block is about to be deleted.
    mutating func beginDeleting(_ multihash: Multihash) -> Deletion {
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
}
