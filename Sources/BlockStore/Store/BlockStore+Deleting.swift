package import Execution
package import Multiformats

extension BlockStore {
    /// How many blocks one call deletes at the most.
    package static var deletedTogetherMax: Int { Limits.deletionBatchCountMax }

    /// What became of a block that was to be deleted.
    package enum Deletion: Sendable, Hashable {
        case deleted
        /// The store does not have it.
        case absent
        /// Somebody has pinned something since: look at the pins again. The block is there.
        case pinsChanged
        /// The write failed, or was not waited for: it may be there or not.
        case unknown
    }

    /// What became of blocks that were to be deleted together.
    package struct DeletedBatch: Sendable {
        /// Of the first so many, in their order. None is deleted if the pins have changed.
        package let outcomes: [Deletion]
        /// Why it is not known of some.
        package let failure: BlockStoreError?

        /// Whether the pins have to be looked at again, and nothing was deleted.
        package var pinsHaveChanged: Bool { outcomes.contains(.pinsChanged) }
    }

    /// Deletes a block: as several.
    ///
    /// - Parameter place: it is deleted only where this is its number in the log: the caller has looked at that
    ///   one, and it may have been stored anew since. Nil for any.
    /// - Returns: all but `.unknown`.
    /// - Throws: as for several; then it may be there or not.
    @discardableResult
    package func delete(
        _ multihash: Multihash, at place: UInt64? = nil, ifNoPinSince mark: PinMark? = nil,
        by deadline: Deadline = .after(.seconds(60))
    ) throws(BlockStoreError) -> Deletion {
        let batch = try delete([multihash], at: place, ifNoPinSince: mark, by: deadline)
        if let failure = batch.failure { throw failure }
        return batch.outcomes.first ?? .absent
    }

    /// Deletes the first of some blocks, as many as go together: first from the index, in one synced write,
    /// then from the log. Who has more, however many, calls it again with the rest.
    ///
    /// Pins are not looked at: that is the caller's job. That none came since is looked at once, when
    /// nobody can pin the blocks any more without seeing that they are being deleted.
    ///
    /// - Parameters:
    ///   - multihashes: of the blocks; those behind `deletedTogetherMax` are not looked at.
    ///   - place: as above.
    ///   - mark: where the pins stood before the caller looked at them; nil if it did not.
    ///   - deadline: when to give up waiting.
    ///   - body: called while the disk writes; not where nothing is written.
    /// - Returns: what became of one at least, if there is one.
    /// - Throws: `.readOnly`, `.deadlineExceeded`, `.corrupt`, `.readError`, `.closed`; then none is deleted.
    /// - Complexity: one look-up in the index for each, and one synced write, shared with others.
    package func delete(
        _ multihashes: some Collection<Multihash>, at place: UInt64? = nil,
        ifNoPinSince mark: PinMark? = nil, by deadline: Deadline, meanwhile body: () -> Void = {}
    ) throws(BlockStoreError) -> DeletedBatch {
        let batch = Array(multihashes.prefix(Self.deletedTogetherMax))
        let storable = batch.filter(Self.canBeStored).map { $0.compacted() }
        guard !storable.isEmpty else {
            return DeletedBatch(outcomes: batch.map { _ in .absent }, failure: nil)
        }
        var deletion = try announceDeletion(of: storable, by: deadline)
        // From here on whoever pins sees this deletion.
        let (results, failure) = try carryOut(
            &deletion, at: place, ifNoPinSince: mark, by: deadline, meanwhile: body)
        var rest = results[...]
        var outcomes: [Deletion] = []
        for multihash in batch {
            guard Self.canBeStored(multihash) else {
                outcomes.append(.absent)
                continue
            }
            guard let result = rest.popFirst() else { break }
            outcomes.append(result)
        }
        return DeletedBatch(outcomes: outcomes, failure: failure)
    }

    /// - Returns: what becomes of each block that was announced, and why that is not known.
    private func carryOut(
        _ deletion: inout BlockDeletion, at place: UInt64?, ifNoPinSince mark: PinMark?,
        by deadline: Deadline,
        meanwhile body: () -> Void
    ) throws(BlockStoreError) -> ([Deletion], BlockStoreError?) {
        let count = deletion.announcement.multihashes.count
        var outcomes = [Deletion](repeating: .absent, count: count)
        let written: Pending<BlockStoreError?>
        do throws(BlockStoreError) {
            guard mark == nil || mark == pinMark else {
                deletion.end(.kept)
                return ([Deletion](repeating: .pinsChanged, count: count), nil)
            }
            let indices = try find(&deletion, at: place, by: deadline)
            guard !indices.isEmpty else {
                deletion.end(.kept)
                return (outcomes, nil)
            }
            for index in indices { outcomes[index] = .deleted }
            written = try meta.begin(deletion, by: deadline)
        } catch {
            deletion.end(.kept)
            throw error
        }
        body()
        let failure = written.value(by: deadline) ?? .deadline("blocks to be deleted")
        guard failure != nil else { return (outcomes, nil) }
        return (outcomes.map { $0 == .deleted ? .unknown : $0 }, failure)
    }

    /// Finds those of the announced blocks that the store has. A block that is named twice is found once.
    ///
    /// - Returns: where they stand among them.
    private func find(
        _ deletion: inout BlockDeletion, at place: UInt64?, by deadline: Deadline
    ) throws(BlockStoreError) -> [Int] {
        let multihashes = deletion.announcement.multihashes
        try waitForIndex(of: multihashes, by: deadline)
        var indices: [Int] = []
        var sequences: Set<UInt64> = []
        for index in Self.inIndexOrder(multihashes) {
            let multihash = multihashes[index]
            guard let entry = try indexEntry(multihash),
                place.map({ $0 == entry.sequence }) ?? true,
                sequences.insert(entry.sequence).inserted
            else { continue }
            let isQuarantined = try isQuarantined(multihash)
            deletion.found.append(
                BlockDeletion.Found(
                    multihash: multihash, entry: entry, wasQuarantined: isQuarantined))
            indices.append(index)
        }
        return indices
    }

    /// Where some blocks stand, more or less as their entries lie beside each other: what one look-up has read
    /// the next one needs.
    private static func inIndexOrder(_ multihashes: [Multihash]) -> [Int] {
        multihashes.enumerated()
            .map { (word: $0.element.words?.0 ?? 0, index: $0.offset) }
            .sorted { ($0.word, $0.index) < ($1.word, $1.index) }
            .map(\.index)
    }

    /// Waits until the index on disk has those of some blocks that are on their way to it. Nobody appends
    /// any of them.
    private func waitForIndex(
        of multihashes: [Multihash], by deadline: Deadline
    ) throws(BlockStoreError) {
        let (last, epoch) = log.state.withLock { state in
            (multihashes.reduce(0) { max($0, state.table[$1]?.sequence ?? 0) }, state.epoch)
        }
        guard last > 0 else { return }
        try log.wait(for: LogTicket(epoch: epoch, sequence: last), by: deadline)
        try meta.waitForIndex(through: last, by: deadline)
    }

    /// Announces that the first of some blocks are about to be deleted: nobody else deletes or stores them
    /// meanwhile. The caller ends that, or has the lane of `meta/` end it.
    func announceDeletion(
        of multihashes: [Multihash], by deadline: Deadline
    ) throws(BlockStoreError) -> BlockDeletion {
        while true {
            switch log.state.withLock({ $0.beginDeleting(multihashes) }) {
            case .begun(let announcement): return BlockDeletion(announcement, of: self)
            case .refused(let error): throw error
            case .wait(let generation): try log.waitForChange(since: generation, by: deadline)
            }
        }
    }
}
