import IPLD
package import Multiformats

/// Looks for one root after the other whether its DAG is here completely. Blocks that several of them
/// lead to are read once.
///
/// What was seen before is complete, unless it leads to a fault. A fault ends the look at its root, and
/// is noted at each block on the way to it: so a root that leads there, too, is answered as by a walk
/// of its own, by one look at the first of them.
package struct CompletenessCheck {
    private let access: ContentAccess
    private let keysMax: Int
    private let reader: BlockReader
    private var path: WalkPath<LinkCursor>
    private var seen: SeenBlocks
    private var known: KnownFaults
    /// The fault of the last root, until it is noted: behind the last root nobody asks for it.
    private var last: KnownFaults.Fault?

    /// Begins with nothing seen.
    ///
    /// - Parameters:
    ///   - access: where the blocks are, and who asks.
    ///   - keysMax: as for `SeenBlocks`.
    package init(_ access: ContentAccess, keysMax: Int = Limits.seenMultihashesMax) {
        self.access = access
        self.keysMax = keysMax
        reader = access.makeReader()
        path = WalkPath(access)
        seen = SeenBlocks(access, keysMax: keysMax)
        known = KnownFaults(access)
    }

    /// The first fault at or below a root. Holds no block when it returns.
    ///
    /// - Returns: nil where all is here; also an error of the store that no block is to blame for.
    /// - Throws: what ends the request as a whole.
    /// - Complexity: for all roots together, one look at each block and at each link.
    package mutating func fault(below root: CID) throws(ContentError) -> ContentError? {
        try noteLast()
        do throws(ContentError) {
            last = try firstFault(below: root)
            release()
            return last?.error
        } catch let error where !error.endsRequest {
            // That says nothing about the blocks that it came between.
            reset()
            return error
        }
    }

    /// Forgets all that was seen, and gives its memory back.
    package mutating func reset() { self = CompletenessCheck(access, keysMax: keysMax) }

    private mutating func noteLast() throws(ContentError) {
        guard let fault = last.take() else { return }
        try known.add(fault)
        try path.leave { cid throws(ContentError) in try known.noteLast(at: cid) }
    }

    private mutating func firstFault(
        below root: CID
    ) throws(ContentError) -> KnownFaults.Fault? {
        var next: CID? = root
        while let cid = next {
            if let fault = known.fault(at: cid) { return fault }
            do throws(ContentError) {
                try look(at: cid)
            } catch let error where error.isAboutContent {
                return KnownFaults.Fault(cid: cid, error: error)
            }
            do throws(ContentError) {
                next = try advance()
            } catch let error where error.isAboutContent {
                // A block on the way that was let go of, and cannot be read any more.
                return KnownFaults.Fault(cid: path.source ?? cid, error: error)
            }
        }
        return nil
    }

    private mutating func advance() throws(ContentError) -> CID? {
        if reader.isOthersTurn { release() }
        try seen.state.makeRoom { release() }
        try path.state.makeRoom { release() }
        return try path.next(from: reader)
    }

    private mutating func look(at cid: CID) throws(ContentError) {
        try access.context.check()
        guard try seen.insert(cid) || known.contains(cid) else { return }
        guard DAGWalk.hasLinks(cid) else {
            guard try access.byteCount(of: cid) != nil else { throw .blockNotFound(cid) }
            return
        }
        expectNext()
        try path.descend(into: cid, try reader.held(cid) { path.release() })
    }

    /// Has the links that come next fetched meanwhile.
    private func expectNext() {
        guard reader.countWanted > 0 else { return }
        let upcoming = path.upcoming(limit: reader.windowCount)
        reader.expect(upcoming.filter(DAGWalk.hasLinks))
    }

    private mutating func release() {
        path.release()
        reader.release()
    }
}
