package import Execution
package import Multiformats

extension BlockStore {
    /// Pins a root for a holder, or changes its pin: mode and name become the given ones.
    ///
    /// - Parameters:
    ///   - cid: the root, as the user named it.
    ///   - mode: how much below it is kept.
    ///   - name: for people.
    ///   - holder: who wants it.
    ///   - deadline: when to give up; the pin may then be there or not.
    /// - Throws: as for several.
    /// - Complexity: one synced write, shared with others.
    package func pin(
        _ cid: CID, mode: Pin.Mode, name: String, holder: Pin.Holder = .rpc,
        by deadline: Deadline
    ) throws(BlockStoreError) {
        try pin([cid], mode: mode, name: name, holder: holder, by: deadline)
    }

    /// Pins several roots for a holder: after `.pinnedRecursively` none of them, after another error all of
    /// them, some or none.
    ///
    /// A pin never outlives a block that it was made over: it comes behind it in the log. Roots whose pins are within
    /// `Limits.tableBatchBytesMax` are pinned in one step; nobody else changes any of them meanwhile.
    ///
    /// - Parameters:
    ///   - cids: the roots, as the user named them.
    ///   - mode: how much below each is kept.
    ///   - name: for people; the same for all.
    ///   - holder: who wants them; others' pins of the same roots stay as they are.
    ///   - deadline: when to give up; the pins may then be there or not.
    /// - Throws: `.pinnedRecursively` for direct pins where the holder has a recursive one, `.tooLarge`,
    ///   `.diskFull`, `.readOnly`, `.deadlineExceeded`, `.corrupt`, `.closed`.
    /// - Complexity: one synced write for each step, shared with others; none for pins that are as they
    ///   are to be. Two look-ups for each pin that changes.
    package func pin(
        _ cids: [CID], mode: Pin.Mode, name: String, holder: Pin.Holder = .rpc,
        by deadline: Deadline
    ) throws(BlockStoreError) {
        let pin = WantedPin(mode: mode, name: name, holder: holder)
        _ = try write(pin, of: cids, by: deadline)
    }

    /// Pins some roots of a hold, as for several.
    ///
    /// - Parameters:
    ///   - cids: some of its roots.
    ///   - hold: which says how, and remembers what was there before.
    ///   - mark: from before the last look at the blocks.
    ///   - deadline: when to give up; the pins may then be there or not.
    /// - Returns: false where a write has failed since, and blocks that were seen on their way to the disk may
    ///   be lost: look again. Then none of them is pinned.
    /// - Throws: as for several.
    package func pin(
        _ cids: [CID], of hold: PinHold, since mark: DeletionMark, by deadline: Deadline
    ) throws(BlockStoreError) -> Bool {
        let pin = WantedPin(mode: hold.mode, name: hold.name, holder: hold.holder)
        return try write(pin, of: cids, hold, seenIn: mark.epoch, by: deadline)
    }

    /// What pins are to be.
    private struct WantedPin {
        let mode: Pin.Mode
        let name: String
        let holder: Pin.Holder
    }

    /// - Parameter epoch: that of the log in which the blocks were seen; nil for any.
    /// - Returns: whether it is that still; else nothing is written.
    private func write(
        _ pin: WantedPin, of cids: [CID], _ hold: PinHold? = nil, seenIn epoch: Int? = nil,
        by deadline: Deadline
    ) throws(BlockStoreError) -> Bool {
        guard !cids.isEmpty else { return true }
        for cid in cids { try Self.checkLength(cid) }
        guard pin.holder.isBounded else { throw .pinHolderTooLong }
        let keys = cids.map { PinKey($0, pin.holder) }
        let blocks = log.state.withLock { $0.tail }
        return try claiming(Set(keys), in: Pin.table, by: deadline) {
            turn throws(BlockStoreError) in
            guard epoch == nil || epoch == turn.epoch else { return false }
            // A pin comes behind them in the log, unless a write of theirs has failed since.
            if blocks.epoch != turn.epoch { try log.wait(for: blocks, by: deadline) }
            // Also behind an error: some of them may be there, or come.
            var isWaitedFor = false
            defer {
                let ticket = isWaitedFor ? nil : log.state.withLock { $0.tail }
                tell(of: cids, pin.holder, by: hold, seenBehind: ticket)
            }
            if pin.mode == .direct { try refuseRecursive(keys) }
            try inBatches(of: keys, turn, by: deadline) { key, changes throws(BlockStoreError) in
                let before = try record(at: key, in: Pin.table)
                let record = try changed(before, key.cid, mode: pin.mode, name: pin.name)
                guard record != before else { return }
                hold?.willWrite(at: key.cid, over: before)
                let byteCount = changes.byteCount
                changes.put(record, at: key, in: Pin.table)
                try freeSpace.take(changes.byteCount - byteCount)
            }
            // Pins that are as they were have written nothing behind them.
            try log.wait(for: blocks, by: deadline)
            isWaitedFor = true
            return true
        }
    }

    /// Tells those who delete blocks of pins, and those who would take them back. While they are claimed.
    private func tell(
        of cids: [CID], _ holder: Pin.Holder, by own: PinHold?, seenBehind ticket: LogTicket?
    ) {
        recentPins.withLock { $0.add(cids, seenBehind: ticket) }
        for hold in pinHolds.withLock({ $0 }) where hold !== own && hold.holder == holder {
            hold.leave(cids)
        }
    }

    /// Writes changes of each pin, as many together as one write may have.
    func inBatches(
        of keys: [PinKey], _ turn: ChangeTurn, by deadline: Deadline,
        _ change: (PinKey, inout TableChanges) throws(BlockStoreError) -> Void
    ) throws(BlockStoreError) {
        var changes = TableChanges()
        for key in keys {
            try change(key, &changes)
            guard changes.isFull else { continue }
            try write(changes, turn, by: deadline)
            changes = TableChanges()
        }
        try write(changes, turn, by: deadline)
    }

    /// A key of the database has a length that a stranger must not choose.
    private static func checkLength(_ cid: CID) throws(BlockStoreError) {
        let count = cid.multihash.digestCount
        guard count <= Limits.digestBytesMax else { throw .pinTooLong(count) }
    }

    /// Takes a holder's pin away.
    ///
    /// - Parameters:
    ///   - cid: the root, as it was pinned.
    ///   - holder: who no longer wants it.
    ///   - deadline: when to give up; the pin may then be there or not.
    /// - Throws: `.notPinned` when this holder has no pin there; else as for several.
    package func unpin(
        _ cid: CID, holder: Pin.Holder = .rpc, by deadline: Deadline
    ) throws(BlockStoreError) {
        try unpin([cid], holder: holder, by: deadline)
    }

    /// Takes a holder's pins away: after `.pinnedRecursively` none of them, after another error all of
    /// them, some or none.
    ///
    /// - Parameters:
    ///   - cids: the roots, as they were pinned, each once.
    ///   - ignoringAbsent: whether a root without such a pin is passed over.
    ///   - takesRecursive: whether a recursive pin is taken away; a direct one is either way.
    ///   - holder: who no longer wants them.
    ///   - deadline: when to give up; the pins may then be there or not.
    /// - Throws: `.notPinned` when this holder has no pin at one of them, `.pinnedRecursively`,
    ///   `.readOnly`, `.deadlineExceeded`, `.corrupt`, `.closed`.
    /// - Complexity: one synced write for pins within `Limits.tableBatchBytesMax`, shared with others.
    package func unpin(
        _ cids: [CID], ignoringAbsent: Bool = false, takesRecursive: Bool = true,
        holder: Pin.Holder = .rpc, by deadline: Deadline
    ) throws(BlockStoreError) {
        let keys = cids.map { PinKey($0, holder) }
        try claiming(Set(keys), in: Pin.table, by: deadline) { turn throws(BlockStoreError) in
            if !takesRecursive { try refuseRecursive(keys) }
            try inBatches(of: keys, turn, by: deadline) { key, changes throws(BlockStoreError) in
                if try pin(of: key.cid, holder: holder) != nil {
                    changes.remove(key, from: Pin.table)
                } else if !ignoringAbsent {
                    throw Self.notPinned(key.cid)
                }
            }
        }
    }

    /// Where the pins stand, and the roots that are about to be pinned.
    package var pinMark: PinMark {
        // The epoch first: a write that fails in between makes an older mark of it.
        let epoch = log.state.withLock { $0.epoch }
        return PinMark(count: recentPins.withLock { $0.count }, epoch: epoch)
    }

    /// Where the pins stand, for `delete(_:ifNoPinSince:by:)`: returns once all of them can be seen. To be
    /// taken before they are looked at.
    ///
    /// - Throws: `.readOnly` while a write has failed that may have left pins, `.deadlineExceeded`, `.closed`.
    /// - Blocking: where the writer of a pin has given up: until that is on disk or lost.
    package func visiblePinMark(by deadline: Deadline) throws(BlockStoreError) -> PinMark {
        let mark = pinMark
        // Of an earlier epoch: that has ended, and what it has left was read when the log was opened again.
        let unseen = recentPins.withLock { $0.unseen }
        if unseen.epoch == mark.epoch { try log.wait(for: unseen, by: deadline) }
        if let refusal = log.state.withLock({ $0.writeRefusal }) { throw refusal }
        return mark
    }

    /// The roots that were pinned since a mark, nil where nobody remembers all of them.
    package func rootsPinned(since mark: PinMark) -> [CID]? {
        guard log.state.withLock({ $0.epoch }) == mark.epoch else { return nil }
        return recentPins.withLock { $0.roots(behind: mark.count) }
    }

    /// A holder's pin of a root, if it has one.
    package func pin(
        of cid: CID, holder: Pin.Holder = .rpc
    ) throws(BlockStoreError) -> Pin? {
        guard cid.multihash.digestCount <= Limits.digestBytesMax else { return nil }
        let key = PinKey(cid, holder)
        guard let record = try record(at: key, in: Pin.table) else { return nil }
        return Pin(.init(key: key, record: record))
    }

    /// Only while the pins are claimed: a recursive pin that comes behind this look would be lost, and
    /// with it all blocks below.
    private func refuseRecursive(_ keys: [PinKey]) throws(BlockStoreError) {
        for key in keys where try pin(of: key.cid, holder: key.holder)?.mode == .recursive {
            throw Self.pinnedRecursively(key.cid)
        }
    }

    private func changed(
        _ before: PinRecord?, _ cid: CID, mode: Pin.Mode, name: String
    ) throws(BlockStoreError) -> PinRecord {
        if mode == .direct, before?.mode == .recursive { throw Self.pinnedRecursively(cid) }
        return PinRecord(mode: mode, name: name, created: before?.created ?? options.clock.time)
    }

    private static func pinnedRecursively(_ cid: CID) -> BlockStoreError {
        BlockStoreError(
            .pinnedRecursively(cid), "\(cid.text()) is pinned recursively",
            multihash: cid.multihash)
    }

    private static func notPinned(_ cid: CID) -> BlockStoreError {
        let isShort = cid.multihash.digestCount <= Limits.digestBytesMax
        let what = isShort ? cid.text() : "a CID of \(cid.multihash.digestCount) bytes"
        return BlockStoreError(.notPinned, "\(what) is not pinned", multihash: cid.multihash)
    }
}
