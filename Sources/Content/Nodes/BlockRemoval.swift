import BlockStore
package import Execution
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

    private let library: Library
    private let deadline: Deadline

    /// Prepares a removal.
    ///
    /// - Parameters:
    ///   - library: where the blocks are.
    ///   - deadline: ends waits for the store.
    package init(_ library: Library, deadline: Deadline) {
        self.library = library
        self.deadline = deadline
    }

    /// Removes blocks.
    ///
    /// - Parameters:
    ///   - cids: the blocks.
    ///   - isForced: whether a block that is not here counts as removed.
    ///   - cancellation: asked between blocks.
    /// - Returns: one outcome for each, in order.
    /// - Throws: `.storage`, `.cancelled`, `.deadlineExceeded`.
    /// - Complexity: one walk over all DAGs that are pinned recursively.
    package func remove(
        _ cids: [CID], isForced: Bool, cancellation: Cancellation = Cancellation()
    ) throws(ContentError) -> [Outcome] {
        let holders = try holders(of: cids, cancellation)
        var outcomes: [Outcome] = []
        for cid in cids {
            if cancellation.isCancelled { throw .cancelled }
            let holder = holders[cid.multihash]
            let error = holder == nil ? try remove(cid, isForced: isForced) : holder
            outcomes.append(Outcome(cid: cid, error: error))
        }
        return outcomes
    }

    private func remove(_ cid: CID, isForced: Bool) throws(ContentError) -> String? {
        do throws(BlockStoreError) {
            let wasHere = try library.store.contains(cid.multihash)
            guard wasHere else {
                return isForced ? nil : "ipld: could not find \(cid.text())"
            }
            try library.store.delete(cid.multihash, by: deadline)
            return nil
        } catch {
            throw ContentError(error, reading: cid)
        }
    }

    /// What keeps the blocks that are kept, whoever holds the pin.
    private func holders(
        of cids: [CID], _ cancellation: Cancellation
    ) throws(ContentError) -> [Multihash: String] {
        var wanted = Set(cids.map(\.multihash))
        var holders: [Multihash: String] = [:]
        var roots: [CID] = []
        do {
            try library.store.forEachPin { pin in
                if pin.mode == .recursive { roots.append(pin.cid) }
                if wanted.remove(pin.cid.multihash) != nil {
                    holders[pin.cid.multihash] =
                        pin.mode == .recursive ? "pinned: recursive" : "pinned: direct"
                }
                return true
            }
        } catch {
            throw ContentError(error, in: nil)
        }
        for root in roots where !wanted.isEmpty {
            try search(below: root, for: &wanted, holders: &holders, cancellation)
        }
        return holders
    }

    private func search(
        below root: CID, for wanted: inout Set<Multihash>, holders: inout [Multihash: String],
        _ cancellation: Cancellation
    ) throws(ContentError) {
        var options = DAGWalk.Options()
        options.readsLeaves = false
        options.skipsMissing = true
        var walk = DAGWalk(roots: [root], library: library, options: options)
        while !wanted.isEmpty, let visit = try walk.next() {
            if cancellation.isCancelled { throw .cancelled }
            if visit.depth > 0, wanted.remove(visit.cid.multihash) != nil {
                holders[visit.cid.multihash] = "pinned via \(root.text())"
            }
        }
    }
}
