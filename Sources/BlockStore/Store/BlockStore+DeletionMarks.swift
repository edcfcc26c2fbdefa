package import Execution

// Who deletes blocks has looked at the pins before, and who pins has looked at the blocks before: both
// can be over while the other one looks. So each says first what it does and looks then whether the
// other one has said something since its look: at least one of the two sees the other.

extension BlockStore {
    /// Where the deletions stand, for `deletions(since:by:)`. To be taken before blocks are looked at. One
    /// that runs is behind it: its blocks can still be found, and whoever deletes has looked at the pins.
    package var deletionMark: DeletionMark {
        log.state.withLock { DeletionMark(count: $0.deletions.endedCount, epoch: $0.epoch) }
    }

    /// Whether a block may have been deleted behind a mark, or lost by a write that failed. To be asked
    /// behind what is to keep blocks from being deleted, as `hold` is: deletions that began before it have
    /// ended when this returns, those that begin later see it.
    ///
    /// - Returns: where they stand now; nil where all have ended before the mark, and no write has failed
    ///   since.
    /// - Throws: `.deadlineExceeded`, `.closed`; `.readOnly` where one of them may be on disk or not, and
    ///   the index takes no writes.
    package func deletions(
        since mark: DeletionMark, by deadline: Deadline
    ) throws(BlockStoreError) -> DeletionMark? {
        let now = log.state.withLock {
            DeletionMark(count: $0.deletions.begunCount, epoch: $0.epoch)
        }
        guard now != mark else { return nil }
        while true {
            switch log.state.withLock({ $0.progress(ofFirst: now.count) }) {
            case .ended: return now
            case .refused(let error): throw error
            case .running(let generation):
                try log.waitForChange(
                    since: generation, by: deadline, "blocks that are being removed")
            }
        }
    }
}

/// Where the deletions of a store stand, and its log.
package struct DeletionMark: Sendable, Hashable {
    let count: UInt64
    let epoch: Int
}
