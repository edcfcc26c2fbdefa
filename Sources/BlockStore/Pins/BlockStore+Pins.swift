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
    /// - Returns: the roots where the holder had no pin before.
    /// - Throws: `.pinnedRecursively` for direct pins where the holder has a recursive one, `.tooLarge`,
    ///   `.diskFull`, `.readOnly`, `.deadlineExceeded`, `.corrupt`, `.closed`.
    /// - Complexity: one synced write for each step, shared with others; none for pins that are as they
    ///   are to be. Two look-ups for each pin that changes.
    @discardableResult
    package func pin(
        _ cids: [CID], mode: Pin.Mode, name: String, holder: Pin.Holder = .rpc,
        by deadline: Deadline
    ) throws(BlockStoreError) -> [CID] {
        guard !cids.isEmpty else { return [] }
        for cid in cids { try Self.checkLength(cid) }
        guard holder.isBounded else { throw .pinHolderTooLong }
        let keys = cids.map { PinKey($0, holder) }
        let blocks = log.state.withLock { $0.tail }
        return try claiming(Set(keys), in: Pin.table, by: deadline) {
            turn throws(BlockStoreError) in
            // A pin comes behind them in the log, unless a write of theirs has failed since.
            if blocks.epoch != turn.epoch { try log.wait(for: blocks, by: deadline) }
            // Also behind an error: some of them may be there, or come.
            var isWaitedFor = false
            defer {
                let ticket = isWaitedFor ? nil : log.state.withLock { $0.tail }
                recentPins.withLock { $0.add(cids, seenBehind: ticket) }
            }
            if mode == .direct { try refuseRecursive(keys) }
            var new: [CID] = []
            try inBatches(of: keys, turn, by: deadline) { key, changes throws(BlockStoreError) in
                let before = try record(at: key, in: Pin.table)
                if before == nil { new.append(key.cid) }
                let record = try changed(before, key.cid, mode: mode, name: name)
                guard record != before else { return }
                let byteCount = changes.byteCount
                changes.put(record, at: key, in: Pin.table)
                try freeSpace.take(changes.byteCount - byteCount)
            }
            // Pins that are as they were have written nothing behind them.
            try log.wait(for: blocks, by: deadline)
            isWaitedFor = true
            return new
        }
    }

    /// Writes changes of each pin, as many together as one write may have.
    private func inBatches(
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
    ///   - absent: nothing changes unless this block is absent; asked while nobody else changes the pins.
    ///   - isKept: whether the pin of a root stays all the same; asked likewise.
    ///   - deadline: when to give up; the pins may then be there or not.
    /// - Returns: false where that block is here.
    /// - Throws: `.notPinned` when this holder has no pin at one of them, `.pinnedRecursively`,
    ///   `.readOnly`, `.deadlineExceeded`, `.corrupt`, `.closed`.
    /// - Complexity: one synced write for pins within `Limits.tableBatchBytesMax`, shared with others.
    @discardableResult
    package func unpin(
        _ cids: [CID], ignoringAbsent: Bool = false, takesRecursive: Bool = true,
        holder: Pin.Holder = .rpc, ifAbsent absent: Multihash? = nil,
        unless isKept: (CID) -> Bool = { _ in false }, by deadline: Deadline
    ) throws(BlockStoreError) -> Bool {
        let keys = cids.map { PinKey($0, holder) }
        return try claiming(Set(keys), in: Pin.table, by: deadline) {
            turn throws(BlockStoreError) in
            if let absent, try contains(absent) { return false }
            if !takesRecursive { try refuseRecursive(keys) }
            // Before the first of them goes: who asks behind a look at blocks sees it.
            recentUnpins.withLock { $0.add(cids) }
            try inBatches(of: keys, turn, by: deadline) { key, changes throws(BlockStoreError) in
                if isKept(key.cid) { return }
                if try pin(of: key.cid, holder: holder) != nil {
                    changes.remove(key, from: Pin.table)
                } else if !ignoringAbsent {
                    throw Self.notPinned(key.cid)
                }
            }
            return true
        }
    }

    /// Where the pins stand.
    package var pinMark: PinMark { mark(recentPins) }

    /// The epoch first: a write that fails in between makes an older mark of it.
    func mark(_ pins: Locked<RecentPins>) -> PinMark {
        let epoch = log.state.withLock { $0.epoch }
        return PinMark(count: pins.withLock { $0.count }, epoch: epoch)
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

    /// How often a root was pinned since a mark, nil where nobody remembers.
    package func pinCount(of cid: CID, since mark: PinMark) -> Int? {
        rootsPinned(since: mark)?.count { $0 == cid }
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
