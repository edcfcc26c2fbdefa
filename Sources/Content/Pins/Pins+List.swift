import BlockStore
package import Multiformats

extension Pins {
    /// Goes through the pins: recursive, direct, then indirect ones, whether the blocks are here or not.
    ///
    /// - Parameters:
    ///   - filter: which kinds; indirect ones need a walk over all pinned DAGs.
    ///   - namePart: only pins whose name contains it; indirect ones have no names.
    ///   - context: who asks.
    ///   - waits: whether `body` would wait for whoever takes the listing: blocks are let go of before.
    ///   - body: called for each; an error that it throws ends the listing.
    /// - Returns: why the list may not be whole: the first block that could not be looked below. All was
    ///   listed that is not below such blocks.
    /// - Throws: what `body` throws, `.storage`, `.tooMuchMemory`, `.overloaded`, and as
    ///   `RequestContext.check()`.
    @discardableResult
    package func list(
        _ filter: PinFilter, namePart: String? = nil, for context: RequestContext,
        waits: () throws -> Bool = { false }, body: (CID, PinStatus) throws -> Void
    ) throws -> PinGap? {
        for mode in [Pin.Mode.recursive, .direct] {
            guard filter.includes(mode == .recursive ? .recursive : .direct) else { continue }
            try store.forEachPin(mode: mode) { pin in
                try context.check()
                guard pin.isNamed(with: namePart) else { return true }
                try body(pin.cid, pin.status)
                return true
            }
        }
        guard filter.includes(.indirect), namePart ?? "" == "" else { return nil }
        return try listIndirect(for: context, waits: waits, body: body)
    }

    /// How a CID is pinned, in the way that the filter asks about.
    ///
    /// - Parameters:
    ///   - cid: any block.
    ///   - filter: `.all` asks for any kind, in the order recursive, direct, indirect. A block can be
    ///     of two kinds: `.indirect` finds one that has a pin of its own, too, as in Kubo.
    ///   - text: what the client sent for the CID, for the message.
    ///   - context: who asks.
    /// - Returns: the first that applies.
    /// - Throws: `.notPinned`; its text ends with `not pinned`, which clients compare. Where that cannot be
    ///   told because of a block below a pin, what is wrong with that.
    /// - Complexity: one look-up for recursive and direct; a walk over all pinned DAGs for indirect.
    package func status(
        of cid: CID, filter: PinFilter, text: String, for context: RequestContext
    ) throws(ContentError) -> PinStatus {
        let found = try statuses(of: [cid], filter: filter, for: context)
        guard let status = found.statuses[0] else { throw found.error(for: cid, text: text) }
        return status
    }

    /// How several CIDs are pinned, in the way that the filter asks about: nil where one is not.
    ///
    /// - Parameters:
    ///   - cids: any blocks, as many as the caller has memory for.
    ///   - filter: as for one.
    ///   - context: who asks.
    /// - Returns: one for each, in order, and why some may be nil that are pinned.
    /// - Throws: `.storage`, and as `RequestContext.check()`.
    /// - Complexity: one look-up each, and one walk over all pinned DAGs for those that may be indirect.
    package func statuses(
        of cids: [CID], filter: PinFilter, for context: RequestContext
    ) throws(ContentError) -> PinStatuses {
        var statuses: [PinStatus?] = []
        var open: Set<Multihash> = []
        for cid in cids {
            try context.check()
            let pin = try pin(of: cid)
            let isMeant = filter.includes(pin?.mode == .recursive ? .recursive : .direct)
            statuses.append(isMeant ? pin?.status : nil)
            guard statuses.last == .some(nil), filter.includes(.indirect) else { continue }
            open.insert(cid.multihash)
        }
        let (roots, gap) = try roots(above: open, for: context)
        for (index, cid) in cids.enumerated() where statuses[index] == nil {
            statuses[index] = roots[cid.multihash].map { .indirect(through: $0) }
        }
        return PinStatuses(statuses: statuses, gap: gap)
    }

    /// The first recursive pin above each of these blocks that is below of one, and where one may be that was
    /// not found.
    private func roots(
        above hashes: Set<Multihash>, for context: RequestContext
    ) throws(ContentError) -> ([Multihash: CID], PinGap?) {
        var wanted = hashes
        var found: [Multihash: CID] = [:]
        var gap: PinGap?
        guard !wanted.isEmpty else { return (found, nil) }
        // One walk for all: what was passed below one pin is none of those below another.
        var options = DAGWalk.Options.aroundFaults
        options.tellsRootsApart = true
        var walk = DAGWalk(roots: [], access: library.access(for: context), options: options)
        do {
            try store.forEachPin(mode: .recursive) { pin in
                try context.check()
                walk.goOn(below: pin.cid)
                while !wanted.isEmpty, let visit = try walk.next() {
                    gap = gap ?? PinGap(visit, below: pin.cid)
                    let hash = visit.cid.multihash
                    guard visit.depth > 0, wanted.remove(hash) != nil else { continue }
                    found[hash] = pin.cid
                }
                return !wanted.isEmpty
            }
        } catch {
            throw ContentError(error, in: nil)
        }
        return (found, gap)
    }

    /// Shows every root that is pinned recursively, in the order of the CIDs' bytes.
    ///
    /// - Parameter body: may take its time: pins are read page by page, and nothing is held between
    ///   two pages. An error that it throws ends the walk.
    /// - Throws: what `body` throws, `.storage`.
    package func forEachRecursiveRoot(_ body: (CID) throws -> Void) throws {
        try store.forEachPin(mode: .recursive) { pin in
            try body(pin.cid)
            return true
        }
    }

    /// One walk below all roots, so that each CID is shown once: they are remembered, and counted.
    private func listIndirect(
        for context: RequestContext, waits: () throws -> Bool,
        body: (CID, PinStatus) throws -> Void
    ) throws -> PinGap? {
        let memory = library.access(for: context).makeStateShare()
        defer { memory.release() }
        var roots: [CID] = []
        try forEachRecursiveRoot { root in
            try context.check()
            let root = root.compacted()
            // The list grows by doubling.
            try memory.take(2 * MemoryLayout<CID>.stride + root.outsideByteCount)
            roots.append(root)
        }
        var options = DAGWalk.Options.aroundFaults
        options.tellsSpellingsApart = true
        // Also what has no number of its own: identity CIDs, and blocks that are missing.
        options.isExact = true
        var walk = DAGWalk(
            roots: roots, access: library.access(for: context), options: options)
        var gap: PinGap?
        while let cid = try nextIndirect(&walk, &gap) {
            if try waits() { walk.release() }
            try body(cid, .indirect(through: nil))
        }
        return gap
    }

    /// The next block below a root that has no pin of its own: its name alone, so that nothing else keeps the
    /// block.
    private func nextIndirect(_ walk: inout DAGWalk, _ gap: inout PinGap?) throws -> CID? {
        while let visit = try walk.next() {
            if let root = walk.root { gap = gap ?? PinGap(visit, below: root) }
            guard visit.depth > 0, !visit.isRepeated else { continue }
            if try pin(of: visit.cid) == nil { return visit.cid }
        }
        return nil
    }
}

extension Pin {
    var status: PinStatus {
        mode == .recursive ? .recursive(name: name) : .direct(name: name)
    }

    func isNamed(with part: String?) -> Bool {
        guard let part, !part.isEmpty else { return true }
        return name.utf8.contains(part.utf8)
    }
}

extension String.UTF8View {
    /// Whether these bytes contain others as they are; no Unicode rules.
    func contains(_ part: String.UTF8View) -> Bool {
        var rest = self[...]
        while rest.count >= part.count {
            if rest.starts(with: part) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}
