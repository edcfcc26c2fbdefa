package import Execution
package import Multiformats

// Who deletes a block has looked at the pins before, and who pins has looked at the blocks before: both
// can be over while the other one looks. So each says first what it does and looks then whether the
// other one has said something since its look: at least one of the two sees the other.

extension BlockStore {
    /// What became of a block that was to be deleted.
    package enum Deletion: Sendable, Hashable {
        case deleted
        /// The store does not have it.
        case absent
        /// Somebody has pinned something since: look at the pins again. The block is there.
        case pinsChanged
    }

    /// Deletes a block: first from the index, synced, then from the log.
    ///
    /// Pins are not looked at: that is the caller's job.
    ///
    /// - Parameters:
    ///   - multihash: of the block.
    ///   - mark: where the pins stood before the caller looked at them; nil if it did not.
    ///   - deadline: when to give up waiting.
    /// - Throws: `.diskFull`, `.readOnly`, `.deadlineExceeded`, `.closed`.
    @discardableResult
    package func delete(
        _ multihash: Multihash, ifNoPinSince mark: PinMark? = nil,
        by deadline: Deadline = .after(.seconds(60))
    ) throws(BlockStoreError) -> Deletion {
        guard Self.canBeStored(multihash) else { return .absent }
        try beginDeleting(multihash, by: deadline)
        var removed: IndexEntry?
        var wasQuarantined = false
        defer { endDeleting(multihash, removed, wasQuarantined: wasQuarantined) }
        // From here on whoever pins sees this deletion.
        guard mark == nil || mark == pinMark else { return .pinsChanged }
        wasQuarantined = try isQuarantined(multihash)
        removed = try forget(multihash, by: deadline)
        return removed == nil ? .absent : .deleted
    }

    /// Where the deletions stand, for `deletions(since:by:)`. To be taken before blocks are looked at. One
    /// that runs is behind it: its block can still be found, and whoever deletes has looked at the pins.
    package var deletionMark: DeletionMark {
        DeletionMark(count: log.state.withLock { $0.deletions.endedCount })
    }

    /// Whether a block may have been deleted behind a mark. To be asked behind the change that is to keep
    /// blocks from being deleted: deletions that began before it have ended when this returns, those
    /// that begin later see it.
    ///
    /// - Returns: where they stand now; nil where all have ended before the mark.
    /// - Throws: `.deadlineExceeded`, `.closed`.
    package func deletions(
        since mark: DeletionMark, by deadline: Deadline
    ) throws(BlockStoreError) -> DeletionMark? {
        let now = DeletionMark(count: log.state.withLock { $0.deletions.begunCount })
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

    /// Announces that a block is about to be deleted: nobody else deletes or stores it meanwhile.
    func beginDeleting(
        _ multihash: Multihash, by deadline: Deadline
    ) throws(BlockStoreError) {
        while true {
            switch log.state.withLock({ $0.beginDeleting(multihash) }) {
            case .begun: return
            case .refused(let error): throw error
            case .wait(let generation): try log.waitForChange(since: generation, by: deadline)
            }
        }
    }

    private func forget(
        _ multihash: Multihash, by deadline: Deadline
    ) throws(BlockStoreError) -> IndexEntry? {
        let (found, epoch) = log.state.withLock { ($0.find(multihash), $0.epoch) }
        if let found {
            try log.wait(
                for: LogTicket(epoch: epoch, sequence: found.entry.sequence), by: deadline)
            try meta.waitForIndex(through: found.entry.sequence, by: deadline)
        }
        guard let entry = try indexEntry(multihash) else { return nil }
        try meta.write([.forget(multihash, entry)], by: deadline)
        return entry
    }

    /// Ends that.
    ///
    /// - Parameter removed: what the index no longer has; nil where the block has stayed.
    func endDeleting(
        _ multihash: Multihash, _ removed: IndexEntry?, wasQuarantined: Bool
    ) {
        cache.remove(multihash)
        if removed != nil, wasQuarantined { quarantine.remove(multihash) }
        if removed != nil { unreadable.remove(multihash) }
        let generation = log.state.notify { state in
            state.endDeleting(multihash, removed: removed)
            return state.generation
        }
        log.announce(generation)
    }
}

/// Where the deletions of a store stand.
package struct DeletionMark: Sendable, Hashable {
    let count: UInt64
}
