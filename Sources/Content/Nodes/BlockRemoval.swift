import BlockStore
package import Multiformats

/// Removes blocks, unless a pin keeps them.
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

    /// Removes blocks, many in one step.
    ///
    /// - Parameters:
    ///   - cids: the blocks.
    ///   - isForced: whether a block that is not here counts as removed.
    ///   - report: called for each block, in order, behind it or while others are removed. Where a block
    ///     below a pin is missing or damaged, and may have links, only what no pin could keep is removed:
    ///     what is not here.
    /// - Throws: `.storage`, and as `RequestContext.check()`: of what was not reported nothing was removed
    ///   then. What `report` throws: then others may be removed.
    /// - Complexity: one walk over all DAGs that are pinned recursively, and one over each that is
    ///   pinned meanwhile; one wait for the disk for `BlockStore.deletedTogetherMax` blocks.
    package func remove(
        _ cids: [CID], isForced: Bool, report: (Outcome) throws -> Void
    ) throws {
        var holders = try PinHolders(of: cids, access)
        var rest = cids[...]
        var looksLeft = Limits.removalLooksMax
        var known: [Outcome] = []
        while !rest.isEmpty {
            let part = rest.prefix(BlockStore.deletedTogetherMax)
            let free = part.filter { holders.holder(of: $0.multihash) == nil }
            let step = try step(free, holders, reporting: known, report)
            known = []
            if step.pinsHaveChanged, looksLeft > 1 {
                looksLeft -= 1
                try holders.lookAgain()
                continue
            }
            looksLeft = Limits.removalLooksMax
            known = outcomes(of: part, holders, step.results, isForced)
            rest = rest.dropFirst(known.count)
            if let failure = step.failure {
                try known.forEach(report)
                throw failure
            }
        }
        try known.forEach(report)
    }

    /// Removes some blocks, and reports what is known of those before while the disk writes.
    private func step(
        _ cids: [CID], _ holders: PinHolders, reporting known: [Outcome],
        _ report: (Outcome) throws -> Void
    ) throws -> Step {
        var reported: Swift.Result<Void, any Error>?
        func reportOnce() {
            if reported == nil { reported = Swift.Result { try known.forEach(report) } }
        }
        let step = Swift.Result {
            try access.context.checkNow()
            return try holders.gap.map { try leave(cids, behind: $0) }
                ?? delete(cids, ifNoPinSince: holders.mark, meanwhile: reportOnce)
        }
        reportOnce()
        try reported?.get()
        return try step.get()
    }

    /// What became of a block that no pin is seen to keep.
    private enum Result: Hashable {
        case removed
        case absent
        case kept(String)
    }

    /// What became of the first of some blocks.
    private struct Step {
        var results: [Result]
        var pinsHaveChanged = false
        /// Why nothing more is removed.
        var failure: ContentError?
    }

    /// What became of the blocks up to the first one of which nothing is known yet.
    private func outcomes(
        of cids: ArraySlice<CID>, _ holders: PinHolders, _ results: [Result], _ isForced: Bool
    ) -> [Outcome] {
        var (outcomes, rest) = ([Outcome](), results[...])
        for cid in cids {
            var error = holders.holder(of: cid.multihash)
            if error == nil {
                guard let result = rest.popFirst() else { break }
                switch result {
                case .removed: break
                case .absent: error = isForced ? nil : "ipld: could not find \(cid.text())"
                case .kept(let reason): error = reason
                }
            }
            outcomes.append(Outcome(cid: cid, error: error))
        }
        return outcomes
    }

    private func delete(
        _ cids: [CID], ifNoPinSince mark: PinMark, meanwhile body: () -> Void
    ) throws(ContentError) -> Step {
        let batch: BlockStore.DeletedBatch
        do throws(BlockStoreError) {
            batch = try access.library.store.delete(
                cids.lazy.map(\.multihash), ifNoPinSince: mark, by: access.context.deadline,
                meanwhile: body)
        } catch {
            throw ContentError(error)
        }
        let failure = batch.failure.map { ContentError($0) }
        let results = batch.outcomes.map { outcome -> Result in
            switch outcome {
            case .deleted: .removed
            case .absent: .absent
            case .pinsChanged: .kept("pins change all the time: try again")
            case .unknown:
                .kept("it may be removed or not: \(failure?.message ?? ""): look, then try again")
            }
        }
        return Step(
            results: results, pinsHaveChanged: batch.pinsHaveChanged, failure: failure)
    }

    /// One that comes from here on is not removed by who has not looked below all pins.
    private func leave(_ cids: [CID], behind gap: PinGap) throws(ContentError) -> Step {
        var step = Step(results: [])
        for cid in cids {
            let reason = gap.error("cannot tell whether a pin keeps it").message
            step.results.append(try isHere(cid) ? .kept(reason) : .absent)
        }
        return step
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
