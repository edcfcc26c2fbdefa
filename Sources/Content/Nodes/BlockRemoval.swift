import BlockStore
package import Multiformats

/// Removes single blocks, unless a pin keeps them.
///
/// - Spec: kubo-rpc 3.3, `block/rm`.
package struct BlockRemoval {
    /// What became of one block.
    package struct Outcome: Sendable, Hashable {
        /// As it was asked for.
        package let cid: CID
        /// Why it was not removed, in Kubo's words; nil when it was.
        package let error: String?
    }

    private let access: ContentAccess

    /// Prepares a removal.
    ///
    /// - Parameter access: where the blocks are, and who asks.
    package init(_ access: ContentAccess) { self.access = access }

    /// Removes blocks.
    ///
    /// - Parameters:
    ///   - cids: the blocks.
    ///   - isForced: whether a block that is not here counts as removed.
    /// - Returns: one outcome for each, in order.
    /// - Throws: `.storage`, `.undecodable` for a pinned DAG that cannot be followed, and as
    ///   `RequestContext.check()`.
    /// - Complexity: one walk over all DAGs that are pinned recursively.
    package func remove(
        _ cids: [CID], isForced: Bool
    ) throws(ContentError) -> [Outcome] {
        let holders = try holders(of: cids)
        var outcomes: [Outcome] = []
        for cid in cids {
            try access.context.check()
            let holder = holders[cid.multihash]
            let error = holder == nil ? try remove(cid, isForced: isForced) : holder
            outcomes.append(Outcome(cid: cid, error: error))
        }
        return outcomes
    }

    private func remove(_ cid: CID, isForced: Bool) throws(ContentError) -> String? {
        do throws(BlockStoreError) {
            let wasHere = try isHere(cid)
            guard wasHere else {
                return isForced ? nil : "ipld: could not find \(cid.text())"
            }
            try access.library.store.delete(cid.multihash, by: access.context.deadline)
            return nil
        } catch {
            throw ContentError(error, reading: cid)
        }
    }

    /// A damaged block is here: to remove it is how an operator gets rid of it.
    private func isHere(_ cid: CID) throws(BlockStoreError) -> Bool {
        do {
            return try access.library.store.contains(cid.multihash)
        } catch {
            guard error.code == .corrupt, error.multihash == cid.multihash else { throw error }
            return true
        }
    }

    /// What keeps the blocks that are kept, whoever holds the pin.
    private func holders(of cids: [CID]) throws(ContentError) -> [Multihash: String] {
        var wanted = Set(cids.map(\.multihash))
        var holders: [Multihash: String] = [:]
        let store = access.library.store
        do {
            try store.forEachPin { pin in
                try access.context.check()
                if wanted.remove(pin.cid.multihash) != nil {
                    holders[pin.cid.multihash] =
                        pin.mode == .recursive ? "pinned: recursive" : "pinned: direct"
                }
                return true
            }
            guard !wanted.isEmpty else { return holders }
            // One walk for all pins. They come page by page: a list of them would grow with the
            // repository.
            var walk = DAGWalk(roots: [], access: access, options: .presence)
            try store.forEachPin(mode: .recursive) { pin in
                try access.context.check()
                walk.goOn(below: pin.cid)
                try search(below: pin.cid, by: &walk, for: &wanted, holders: &holders)
                return !wanted.isEmpty
            }
        } catch {
            throw ContentError(error, in: nil)
        }
        return holders
    }

    private func search(
        below root: CID, by walk: inout DAGWalk, for wanted: inout Set<Multihash>,
        holders: inout [Multihash: String]
    ) throws(ContentError) {
        while !wanted.isEmpty, let visit = try walk.next() {
            guard wanted.remove(visit.cid.multihash) != nil else { continue }
            // A root that was pinned since the pins were looked at is passed below other pins.
            holders[visit.cid.multihash] =
                visit.depth > 0 ? "pinned via \(root.text())" : "pinned: recursive"
        }
    }
}
