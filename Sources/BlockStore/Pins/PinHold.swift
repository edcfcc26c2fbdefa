package import Execution
package import Multiformats

/// Roots that somebody is about to pin: they are kept as if they were pinned, until he lets go of them. Who
/// deletes blocks sees them as he sees pins (`forEachRoot`, `rootMode`).
///
/// That is in memory alone. What fails before the pins are written, and a process that is killed, leaves what was
/// there before. Behind that it is known what stood there, to be put back.
package final class PinHold: Sendable {
    /// What each root takes at the most: its place, and the record that was there before.
    package static let rootBytes =
        MemoryCost.entry(CID.self, PinRecord??.self) + MemoryCost.region + 256

    let mode: Pin.Mode
    let name: String
    let holder: Pin.Holder
    /// Each once. Never changed, so that a copy is none.
    let roots: Set<CID>
    /// What was there before the pins that are written, of those that nobody else has made or confirmed since.
    private let formers = Locked<[CID: PinRecord?]>([:])

    fileprivate init(
        _ roots: Set<CID>, mode: Pin.Mode, name: String, holder: Pin.Holder
    ) {
        (self.roots, self.mode, self.name, self.holder) = (roots, mode, name, holder)
    }

    /// Roots whose pins may be there by this call, or be others than before.
    package var changedRoots: [CID] { formers.withLock { Array($0.keys) } }

    /// A pin of a root is about to be written. While the row is claimed.
    func willWrite(at cid: CID, over before: PinRecord?) {
        formers.withLock { formers in
            // Where it is this call's own, it is written once more behind a write that failed.
            if formers[cid] != nil, isOwn(before) { return }
            formers.updateValue(before, forKey: cid)
        }
    }

    /// Somebody else has made or confirmed pins, and may have an answer that they are there: they stay. While
    /// the rows are claimed.
    func leave(_ cids: [CID]) {
        formers.withLock { formers in
            guard !formers.isEmpty else { return }
            for cid in cids { formers.removeValue(forKey: cid) }
        }
    }

    /// What to put back in the place of a record; nil for nothing to do, as where somebody has taken the pin
    /// away since.
    fileprivate func former(at cid: CID, in place: PinRecord?) -> PinRecord?? {
        guard isOwn(place), let former = formers.withLock({ $0[cid] }), former != place else {
            return nil
        }
        return .some(former)
    }

    private func isOwn(_ record: PinRecord?) -> Bool {
        record?.mode == mode && record?.name == name
    }
}

extension BlockStore {
    /// Keeps roots that are about to be pinned. To be called behind a look at the blocks, and before
    /// `deletions(since:by:)` tells whether they have to be looked at once more: what begins behind this sees
    /// it.
    ///
    /// - Parameters:
    ///   - cids: the roots. They take `PinHold.rootBytes` each.
    ///   - mode: of the pins, and how much is kept meanwhile.
    ///   - name: of the pins.
    ///   - holder: who wants them.
    /// - Returns: to be given to `letGo(of:)` in the end, however that comes.
    package func hold(
        _ cids: some Sequence<CID>, mode: Pin.Mode, name: String, holder: Pin.Holder = .rpc
    ) -> PinHold {
        let hold = PinHold(Set(cids), mode: mode, name: name, holder: holder)
        pinHolds.withLock { $0.append(hold) }
        // Behind that: who takes the mark from here on finds them.
        recentPins.withLock { $0.add(Array(hold.roots)) }
        return hold
    }

    /// Keeps roots no longer, but by the pins that were made of them.
    package func letGo(of hold: PinHold) {
        pinHolds.withLock { holds in holds.removeAll { $0 === hold } }
    }

    /// Puts back what was there before the pins of a hold, for some of its roots: for those whose pins nobody
    /// else has made, changed or confirmed since. After an error for all, some or none of them.
    ///
    /// - Throws: `.readOnly`, `.deadlineExceeded`, `.corrupt`, `.closed`.
    package func putBack(
        _ cids: [CID], of hold: PinHold, by deadline: Deadline
    ) throws(BlockStoreError) {
        let keys = cids.map { PinKey($0, hold.holder) }
        try claiming(Set(keys), in: Pin.table, by: deadline) { turn throws(BlockStoreError) in
            try inBatches(of: keys, turn, by: deadline) { key, changes throws(BlockStoreError) in
                let place = try record(at: key, in: Pin.table)
                guard let former = hold.former(at: key.cid, in: place) else { return }
                // That keeps less than the pin: nobody has to be told.
                if let former {
                    changes.put(former, at: key, in: Pin.table)
                } else {
                    changes.remove(key, from: Pin.table)
                }
            }
        }
    }
}
