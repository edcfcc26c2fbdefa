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

    private let access: ContentAccess
    private let options: Options
    private let reader: BlockReader
    /// Memory for the depths.
    private let state: StateShare
    private var path: WalkPath<NamedLinkCursor>
    private var seen: SeenBlocks
    /// The smallest depth at which each destination was met; only where depths count.
    private var depths: [CID: Int] = [:]
    /// The destination given out last, if its links come next.
    private var pending: CID?
    /// The destination given out last.
    private var last: CID?

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
        path = WalkPath(access)
        seen = SeenBlocks(access, isExact: true)
        if options.depthMax != 0 { try descend(into: root) }
    }

    /// The next link.
    ///
    /// - Returns: nil at the end.
    /// - Throws: as `init`; `.tooMuchMemory`, `.overloaded`, and as `RequestContext.check()`.
    package mutating func next() throws(ContentError) -> Reference? {
        if reader.isOthersTurn { release() }
        if let block = pending.take() { try descend(into: block) }
        while true {
            try access.context.check()
            try state.makeRoom { release() }
            try path.state.makeRoom { release() }
            try seen.state.makeRoom { release() }
            guard let cid = try path.next(from: reader) else { return nil }
            let (isShown, goesDeeper) = try visit(cid, depth: path.depth)
            if isShown {
                pending = goesDeeper ? cid : nil
                last = cid
                return reference(to: cid)
            }
            if goesDeeper { try descend(into: cid) }
        }
    }

    /// The link that `next()` gave last, once more: for who let go of it meanwhile, because its name can be
    /// as long as its block.
    ///
    /// - Returns: nil where none was given.
    /// - Throws: as `next()`.
    package mutating func again() throws(ContentError) -> Reference? {
        guard let last else { return nil }
        try path.resume(from: reader)
        return reference(to: last)
    }

    private func reference(to cid: CID) -> Reference {
        Reference(
            source: path.source ?? cid, destination: cid,
            linkName: options.givesNames ? path.linkName : .empty)
    }

    /// Lets go of all blocks until the next call, which reads again what it needs.
    package mutating func release() {
        path.release()
        reader.release()
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
        let held = try reader.held(cid) { path.release() }
        try path.descend(into: cid, held)
    }
}
