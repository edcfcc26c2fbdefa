import Buffers
package import Execution
package import Multiformats
import Synchronization

extension BlockStore {
    /// Pins a root, or changes its pin: mode and name become the given ones.
    ///
    /// Waits first until all blocks are on disk that were appended before the call, so that a pin
    /// never outlives a block that it was made over.
    ///
    /// - Parameters:
    ///   - cid: the root, as the user named it.
    ///   - mode: how much below it is kept.
    ///   - name: for people.
    ///   - holder: who wants it; added to those who do already.
    ///   - deadline: when to give up; the pin may then be there or not.
    /// - Throws: `.pinnedRecursively` for a direct pin where anybody has a recursive one.
    /// - Complexity: one synced write, shared with others.
    package func pin(
        _ cid: CID, mode: Pin.Mode, name: String, holder: Pin.Holders = .rpc,
        by deadline: Deadline
    ) throws(BlockStoreError) {
        try pin([cid], mode: mode, name: name, holder: holder, by: deadline)
    }

    /// Pins several roots: after `.pinnedRecursively` none of them, after another error all of them,
    /// some or none.
    ///
    /// Roots whose pins are within `Limits.pinBatchBytesMax` are pinned in one step; nobody else
    /// changes any of them meanwhile.
    ///
    /// - Parameters:
    ///   - cids: the roots, as the user named them.
    ///   - mode: how much below each is kept.
    ///   - name: for people; the same for all.
    ///   - holder: who wants them; added to those who do already.
    ///   - deadline: when to give up; the pins may then be there or not.
    /// - Returns: the roots where the holder had no pin before.
    /// - Throws: `.pinnedRecursively` for direct pins where anybody has a recursive one.
    /// - Complexity: one synced write for each step, shared with others; none for pins that are as they
    ///   are to be. Two look-ups for each of those and for each direct pin, else one.
    @discardableResult
    package func pin(
        _ cids: [CID], mode: Pin.Mode, name: String, holder: Pin.Holders = .rpc,
        by deadline: Deadline
    ) throws(BlockStoreError) -> [CID] {
        guard !cids.isEmpty else { return [] }
        for cid in cids { try Self.checkLength(cid) }
        try waitForBlocks(by: deadline)
        return try claims.with(Set(cids), by: deadline) { () throws(BlockStoreError) in
            // Also behind an error: some of them may be there.
            defer { recentPins.withLock { $0.add(cids) } }
            if mode == .direct { try refuseRecursive(cids, by: deadline) }
            var (unchanged, new): ([CID], [CID]) = ([], [])
            func change(_ cid: CID) throws(BlockStoreError) -> MetaChange? {
                let before = try pin(of: cid)
                if before?.holders.contains(holder) != true { new.append(cid) }
                let pin = try changed(before, cid, mode: mode, name: name, holder: holder)
                guard pin != before else {
                    unchanged.append(cid)
                    return nil
                }
                let change = Self.put(pin)
                try freeSpace.take(MemoryCost.change(change))
                return change
            }
            try inBatches(of: cids, by: deadline, change)
            guard !unchanged.isEmpty else { return new }
            // Of a change whose caller no longer waited some may be on its way to the disk yet: a pin
            // is as it was read only if that is still so behind it. What is read is on disk.
            try meta.write([], by: deadline)
            let again = unchanged
            try inBatches(of: again, by: deadline, change)
            return new
        }
    }

    /// Writes a change for each root, as many together as one write may have.
    private func inBatches(
        of cids: [CID], by deadline: Deadline,
        _ change: (CID) throws(BlockStoreError) -> MetaChange?
    ) throws(BlockStoreError) {
        var changes: [MetaChange] = []
        var byteCount = 0
        for cid in cids {
            guard let change = try change(cid) else { continue }
            changes.append(change)
            byteCount += MemoryCost.change(change)
            guard byteCount >= Limits.pinBatchBytesMax else { continue }
            try meta.write(changes, by: deadline)
            changes.removeAll(keepingCapacity: true)
            byteCount = 0
        }
        if !changes.isEmpty { try meta.write(changes, by: deadline) }
    }

    /// A key of the database has a length that a stranger must not choose.
    private static func checkLength(_ cid: CID) throws(BlockStoreError) {
        let count = cid.multihash.digestCount
        guard count <= Limits.digestBytesMax else { throw .pinTooLong(count) }
    }

    /// Takes a holder's pin away; the last holder's takes the pin with it.
    ///
    /// - Parameters:
    ///   - cid: the root, as it was pinned.
    ///   - holder: who no longer wants it.
    ///   - deadline: when to give up; the pin may then be there or not.
    /// - Throws: `.notPinned` when this holder has no pin there.
    package func unpin(
        _ cid: CID, holder: Pin.Holders = .rpc, by deadline: Deadline
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
    ///   - absent: nothing changes unless this block is absent; asked while nobody else changes the pins.
    /// - Returns: false where that block is here.
    /// - Throws: `.notPinned` when this holder has no pin at one of them, `.pinnedRecursively`.
    /// - Complexity: one synced write for pins within `Limits.pinBatchBytesMax`, shared with others.
    @discardableResult
    package func unpin(
        _ cids: [CID], ignoringAbsent: Bool = false, takesRecursive: Bool = true,
        holder: Pin.Holders = .rpc, ifAbsent absent: Multihash? = nil, by deadline: Deadline
    ) throws(BlockStoreError) -> Bool {
        try claims.with(Set(cids), by: deadline) { () throws(BlockStoreError) in
            if let absent, try contains(absent) { return false }
            if !takesRecursive { try refuseRecursive(cids, by: deadline) }
            try inBatches(of: cids, by: deadline) { cid throws(BlockStoreError) in
                do throws(BlockStoreError) {
                    return try removal(of: cid, holder: holder)
                } catch let error where ignoringAbsent && error.code == .notPinned {
                    return nil
                }
            }
            return true
        }
    }

    /// Where the pins stand, for `delete(_:ifNoPinSince:by:)`. To be taken before they are looked at.
    package var pinMark: PinMark { recentPins.withLock { $0.mark } }

    /// The roots that were pinned since a mark, nil where there are too many to remember.
    package func rootsPinned(since mark: PinMark) -> [CID]? {
        recentPins.withLock { $0.roots(since: mark) }
    }

    /// The pin of a root, if it has one.
    package func pin(of cid: CID) throws(BlockStoreError) -> Pin? {
        guard cid.multihash.digestCount <= Limits.digestBytesMax else { return nil }
        let key = MetaKey.pin(cid)
        let value: Bytes?
        do throws(DatabaseError) {
            value = try meta.holder.read { database throws(DatabaseError) in
                try database.value(for: key)
            }
        } catch {
            throw Self.metaError(error)
        }
        guard let value else { return nil }
        guard let pin = PinRecord.decode(key, value) else {
            throw Self.damagedIndex("a damaged pin")
        }
        return pin
    }

    /// Shows every pin, in the order of the CIDs' bytes.
    ///
    /// - Parameters:
    ///   - mode: only those; nil for all.
    ///   - body: returns false to stop.
    /// - Throws: read errors, and what the body throws.
    package func forEachPin(mode: Pin.Mode? = nil, _ body: (Pin) throws -> Bool) throws {
        try forEachEntry(in: MetaKey.pinTable) { key, value in
            guard let pin = PinRecord.decode(key, value) else {
                throw Self.damagedIndex("a damaged pin")
            }
            if let mode, pin.mode != mode { return true }
            return try body(pin)
        }
    }

    private func waitForBlocks(by deadline: Deadline) throws(BlockStoreError) {
        let tail = log.state.withLock { $0.tail }
        try log.wait(for: tail, by: deadline)
    }

    /// Only while the pins are claimed: a recursive pin that comes behind this look would be lost, and
    /// with it all blocks below. So would one whose caller no longer waited, and which is on its way to the
    /// disk yet; or it would be found when some roots have been changed.
    private func refuseRecursive(
        _ cids: [CID], by deadline: Deadline
    ) throws(BlockStoreError) {
        try meta.write([], by: deadline)
        for cid in cids where try pin(of: cid)?.mode == .recursive {
            throw Self.pinnedRecursively(cid)
        }
    }

    private func changed(
        _ before: Pin?, _ cid: CID, mode: Pin.Mode, name: String, holder: Pin.Holders
    ) throws(BlockStoreError) -> Pin {
        guard var pin = before else {
            return Pin(cid: cid, mode: mode, name: name, created: options.now(), holders: holder)
        }
        guard mode == .recursive || pin.mode == .direct else { throw Self.pinnedRecursively(cid) }
        pin.mode = mode
        pin.name = name
        pin.holders.formUnion(holder)
        return pin
    }

    private func removal(
        of cid: CID, holder: Pin.Holders
    ) throws(BlockStoreError) -> MetaChange {
        guard var pin = try pin(of: cid), !pin.holders.isDisjoint(with: holder) else {
            throw Self.notPinned(cid)
        }
        pin.holders.subtract(holder)
        return pin.holders.isEmpty ? .delete(MetaKey.pin(cid)) : Self.put(pin)
    }

    private static func put(_ pin: Pin) -> MetaChange {
        .put(MetaKey.pin(pin.cid), PinRecord.encode(pin))
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
