import Multiformats

// Blocks that are taken out of the log, and that nobody may append meanwhile.

extension LogState {
    /// Announces that the first of some blocks are about to be deleted.
    ///
    /// - Parameter multihashes: one at least.
    mutating func beginDeleting(_ multihashes: [Multihash]) -> Deletion {
        let refusal = writeRefusal
        var known = multihashes
        if let refusal, !failedBlocks.isEmpty {
            // The others may be on disk, and would be there again.
            known = Array(multihashes.prefix { failedBlocks[$0] == nil })
            if known.isEmpty { return .refused(refusal) }
        }
        if let announcement = deletions.announce(known) { return .begun(announcement) }
        // While the store takes no writes, nothing makes room, and a deletion whose write has failed does
        // not end.
        if let refusal { return .refused(refusal) }
        return .wait(generation: generation)
    }

    /// Ends a deletion.
    ///
    /// - Parameters:
    ///   - announcement: what it began with.
    ///   - removed: what the index no longer has, so that the log need not have it either.
    mutating func endDeleting(_ announcement: LogDeletions.Announcement, removed: [IndexEntry]) {
        deletions.end(announcement)
        generation += 1
        for entry in removed {
            deletions.append(entry.sequence)
            count(-1, -entry.byteCount)
        }
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
        // One whose write has failed ends when `meta/` is open again, which may take as long as a full disk.
        if let refusal { return .refused(refusal) }
        return .running(generation: generation)
    }
}
