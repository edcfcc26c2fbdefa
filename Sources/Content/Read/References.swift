package import Buffers
import IPLD
package import Multiformats

/// One link between two blocks.
package struct Reference: Sendable, Hashable {
    /// The block with the link.
    package let source: CID
    /// The block that it leads to.
    package let destination: CID
    /// Name of the link; in dag-cbor and dag-json the path to it. Empty where it was not asked for.
    package let linkName: Bytes
}

/// Lists the links below a block, parents before children.
///
/// - Spec: kubo-rpc 3.3, `refs`; Kubo's order and its rules for `unique` and `max-depth`.
package struct References {
    /// How a listing behaves.
    package struct Options: Sendable {
        /// Each destination once.
        package var isUnique = false
        /// Levels: 1 for the links of the root alone; nil for all.
        package var depthMax: Int? = 1
        /// Whether the names of the links are given.
        package var givesNames = true

        /// The links of the root.
        package init() {}
    }

    private struct Level {
        let source: CID
        /// Links that have been given.
        var count = 0
        /// Nil where the block has to be read again.
        var links: NamedLinkCursor?
        var held: HeldBlock?
    }

    private let access: ContentAccess
    private let options: Options
    private let reader: BlockReader
    private let state: StateShare
    private var levels: [Level] = []
    private var seen: SeenBlocks
    /// The smallest depth at which each destination was met; only where depths count.
    private var depths: [CID: Int] = [:]
    /// The destination given out last, if its links come next.
    private var pending: CID?

    /// Reads the root.
    ///
    /// - Parameters:
    ///   - root: where to start.
    ///   - access: where the blocks are, and who asks.
    ///   - options: how far to go.
    /// - Throws: `.blockNotFound`, `.undecodable`, `.storage`.
    package init(
        from root: CID, access: ContentAccess, options: Options = Options()
    ) throws(ContentError) {
        self.access = access
        self.options = options
        reader = access.makeReader()
        state = access.makeStateShare()
        seen = SeenBlocks(access)
        if options.depthMax != 0 { try descend(into: root) }
    }

    /// The next link.
    ///
    /// - Returns: nil at the end.
    /// - Throws: as `init`; `.tooMuchMemory`, `.overloaded`, and as `RequestContext.check()`.
    package mutating func next() throws(ContentError) -> Reference? {
        if reader.isOthersTurn { release() }
        if let block = pending.take() { try descend(into: block) }
        while let depth = levels.indices.last {
            try access.context.check()
            try state.makeRoom { release() }
            try seen.state.makeRoom { release() }
            guard let cid = try nextLink(depth) else {
                removeLast()
                continue
            }
            let (isShown, goesDeeper) = try visit(cid, depth: depth + 1)
            if isShown {
                pending = goesDeeper ? cid : nil
                let name = options.givesNames ? levels[depth].links?.name : nil
                return Reference(
                    source: levels[depth].source, destination: cid, linkName: name ?? .empty)
            }
            if goesDeeper { try descend(into: cid) }
        }
        return nil
    }

    /// Lets go of all blocks until the next call, which reads again what it needs.
    package mutating func release() {
        reader.release()
        pending = pending?.compacted()
        releaseLevels()
    }

    // MARK: what is shown

    /// A destination that was met again nearer to the root is followed again, but not shown.
    private mutating func visit(
        _ cid: CID, depth: Int
    ) throws(ContentError) -> (isShown: Bool, goesDeeper: Bool) {
        let isLast = depth == options.depthMax
        guard options.isUnique else { return (true, !isLast) }
        guard options.depthMax != nil else {
            let isNew = try seen.insert(cid.multihash, as: .spelling(cid))
            return (isNew, isNew)
        }
        if let before = depths[cid], before <= depth { return (false, false) }
        let isNew = depths.updateValue(depth, forKey: cid.compacted()) == nil
        if isNew { try state.take(Limits.hashedEntryBytes + cid.multihash.digestCount) }
        return (isNew, !isLast)
    }

    // MARK: the way down

    private mutating func descend(into cid: CID) throws(ContentError) {
        guard cid.codec.mayHaveLinks else {
            guard try access.byteCount(of: cid) != nil else { throw .blockNotFound(cid) }
            return
        }
        let cid = cid.compacted()
        let held = try reader.held(cid) { releaseLevels() }
        let links = try Self.links(of: cid, in: held)
        // All but the last few levels are read again when the listing comes back to them.
        let kept = levels.count - Limits.referenceLevelsHeld
        if levels.indices.contains(kept) { (levels[kept].links, levels[kept].held) = (nil, nil) }
        try state.take(MemoryLayout<Level>.stride + cid.outsideByteCount)
        levels.append(Level(source: cid, links: links, held: held))
    }

    private mutating func releaseLevels() {
        for index in levels.indices { (levels[index].links, levels[index].held) = (nil, nil) }
    }

    private mutating func removeLast() {
        let level = levels.removeLast()
        state.forget(MemoryLayout<Level>.stride + level.source.outsideByteCount)
    }

    private mutating func nextLink(_ index: Int) throws(ContentError) -> CID? {
        if levels[index].links == nil { try resume(index) }
        levels[index].count += 1
        return levels[index].links?.next()
    }

    private mutating func resume(_ index: Int) throws(ContentError) {
        let held = try reader.held(levels[index].source) { releaseLevels() }
        var links = try Self.links(of: levels[index].source, in: held)
        for _ in 0..<levels[index].count {
            try access.context.check()
            _ = links.next()
        }
        (levels[index].links, levels[index].held) = (links, held)
    }

    private static func links(
        of cid: CID, in held: HeldBlock
    ) throws(ContentError) -> NamedLinkCursor {
        do {
            return try NamedLinkCursor(Block(cid: cid, bytes: held.bytes))
        } catch {
            throw ContentError(error, in: cid)
        }
    }
}
