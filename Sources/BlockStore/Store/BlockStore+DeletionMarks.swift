package import Execution
package import Multiformats

// Who deletes blocks has looked at the pins before, and who pins has looked at the blocks before: both
// can be over while the other one looks. So each says first what it does and looks then whether the
// other one has said something since its look: at least one of the two sees the other.

extension BlockStore {
    /// Where the deletions stand, for `deletions(since:by:)`. To be taken before blocks are looked at. One
    /// that runs is behind it: its blocks can still be found, and whoever deletes has looked at the pins.
    package var deletionMark: DeletionMark {
        log.state.withLock { DeletionMark(count: $0.deletions.endedCount, epoch: $0.epoch) }
    }

    /// Whether blocks that were on their way to the disk may have been lost behind a mark: a write of the log
    /// has failed. A pin waits for what is on its way when it is written, not for what was before.
    package func haveBlocksFailed(since mark: DeletionMark) -> Bool {
        log.state.withLock { $0.epoch } != mark.epoch
    }

    /// Whether a block may have been deleted behind a mark, or lost by a write that failed. To be asked
    /// behind the change that is to keep blocks from being deleted: deletions that began before it have
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
                try log.waitForChange(since: generation, by: deadline)
            }
        }
    }
}

extension BlockStore {
    /// Where the pins stand that are taken away, for `haveStayed(_:since:)`. To be taken before pins are
    /// written.
    package var unpinMark: PinMark { mark(recentUnpins) }

    /// Whether the pins of some roots are there since they were written, behind a mark.
    ///
    /// - Returns: false also where too many were taken away to tell.
    package func haveStayed(_ cids: [CID], since mark: PinMark) -> Bool {
        guard let gone = recentUnpins.withLock({ $0.roots(behind: mark.count) }) else {
            return false
        }
        return gone.isEmpty || Set(cids).isDisjoint(with: gone)
    }
}

/// Where the deletions of a store stand, and its log.
package struct DeletionMark: Sendable, Hashable {
    let count: UInt64
    let epoch: Int
}
