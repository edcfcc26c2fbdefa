import BlockStore
package import Multiformats

/// Removes single blocks, unless a pin keeps them.
///
/// - Spec: Kubo RPC API, `block/rm`; `Docs/decisions/0014-deletions-and-pins-see-each-other.md`.
package struct BlockRemoval {
    /// What became of one block.
    package struct Outcome: Sendable, Hashable {
        /// As it was asked for.
        package let cid: CID
        /// Why it was not removed, in Kubo's words where Kubo knows the case; nil when it was.
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
    /// - Returns: one outcome for each, in order. Where a block below a pin is missing or damaged, and may
    ///   have links, only what no pin could keep is removed: what is not here.
    /// - Throws: `.storage`, and as `RequestContext.check()`.
    /// - Complexity: one walk over all DAGs that are pinned recursively, and one over each that is
    ///   pinned meanwhile.
    package func remove(
        _ cids: [CID], isForced: Bool
    ) throws(ContentError) -> [Outcome] {
        var holders = try PinHolders(of: cids, access)
        var outcomes: [Outcome] = []
        for cid in cids {
            try access.context.check()
            let error = try remove(cid, isForced: isForced, unlessHeldBy: &holders)
            outcomes.append(Outcome(cid: cid, error: error))
        }
        return outcomes
    }

    private func remove(
        _ cid: CID, isForced: Bool, unlessHeldBy holders: inout PinHolders
    ) throws(ContentError) -> String? {
        for _ in 0..<Limits.removalLooksMax {
            if let holder = holders.holder(of: cid.multihash) { return holder }
            // One that comes from here on is not removed by who has not looked below all pins.
            guard try isHere(cid) else { return isForced ? nil : Self.absent(cid) }
            if let gap = holders.gap {
                return gap.error("cannot tell whether a pin keeps it").message
            }
            switch try delete(cid, ifNoPinSince: holders.mark) {
            case .deleted: return nil
            case .absent: return isForced ? nil : Self.absent(cid)
            case .pinsChanged: try holders.lookAgain()
            }
        }
        return "pins change all the time: try again"
    }

    private static func absent(_ cid: CID) -> String { "ipld: could not find \(cid.text())" }

    private func delete(
        _ cid: CID, ifNoPinSince mark: PinMark
    ) throws(ContentError) -> BlockStore.Deletion {
        do throws(BlockStoreError) {
            return try access.library.store.delete(
                cid.multihash, ifNoPinSince: mark, by: access.context.deadline)
        } catch {
            throw ContentError(error, reading: cid)
        }
    }

    /// A damaged block is here: to remove it is how an operator gets rid of it. What stands in its CID is
    /// in no store.
    private func isHere(_ cid: CID) throws(ContentError) -> Bool {
        guard !cid.isIdentity else { return false }
        do throws(BlockStoreError) {
            return try access.library.store.contains(cid.multihash)
        } catch {
            guard error.code == .corrupt, error.multihash == cid.multihash else {
                throw ContentError(error, reading: cid)
            }
            return true
        }
    }
}
