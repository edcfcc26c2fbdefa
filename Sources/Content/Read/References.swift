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

/// Lists the links below some blocks, one after the other, parents before children.
///
/// - Spec: Kubo RPC API, `refs`; Kubo's order and its rules for `unique` and `max-depth`.
package struct References {
    /// How a listing behaves.
    package struct Options: Sendable {
        /// Each destination once, whatever the number of roots.
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
    private var path: WalkPath<NamedLinkCursor>
    private var seen: SeenBlocks
    /// The same where a walk ends at some depth.
    private var depths: SeenDepths
    /// The destination given out last, if its links come next.
    private var pending: CID?
    /// The destination given out last.
    private var last: CID?

    /// Begins without a root.
    ///
    /// - Parameters:
    ///   - access: where the blocks are, and who asks.
    ///   - options: how far to go.
    package init(access: ContentAccess, options: Options = Options()) {
        self.access = access
        self.options = options
        reader = access.makeReader()
        path = WalkPath(access)
        seen = SeenBlocks(access, isExact: true)
        depths = SeenDepths(access)
    }

    /// Reads the root.
    ///
    /// - Parameters:
    ///   - root: where to start.
    ///   - access: where the blocks are, and who asks.
    ///   - options: how far to go.
    /// - Throws: as `goOn(below:)`.
    package init(
        from root: CID, access: ContentAccess, options: Options = Options()
    ) throws(ContentError) {
        self.init(access: access, options: options)
        try goOn(below: root)
    }

    /// Goes on below another root; what is left below the one before it, where that had a fault, is left
    /// out.
    ///
    /// - Throws: `.blockNotFound`, `.undecodable`, `.storage`, and as `RequestContext.check()`.
    package mutating func goOn(below root: CID) throws(ContentError) {
        leaveRoot()
        if options.depthMax != 0 { try descend(into: root) }
    }

    /// Gives no more links below the root at hand.
    package mutating func leaveRoot() {
        (pending, last) = (nil, nil)
        path.removeAll()
        reader.release()
        depths.restart()
    }

    /// The next link. Behind an error that is about content, what is not below that block.
    ///
    /// - Returns: nil at the end.
    /// - Throws: as `goOn(below:)`; `.tooMuchMemory`, `.overloaded`.
    package mutating func next() throws(ContentError) -> Reference? {
        if reader.isOthersTurn { release() }
        if let block = pending.take() { try descend(into: block) }
        while true {
            try access.context.check()
            try depths.state.makeRoom { release() }
            try path.state.makeRoom { release() }
            try seen.state.makeRoom { release() }
            guard let cid = try nextLink() else { return nil }
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
        guard options.depthMax == nil else {
            let (isNew, goesDeeper) = try depths.meet(cid, at: depth, isLast: isLast)
            return (isNew, goesDeeper)
        }
        let isNew = try seen.insert(cid.multihash, as: .spelling(cid))
        return (isNew, isNew)
    }

    // MARK: the way down

    private mutating func nextLink() throws(ContentError) -> CID? {
        while let source = path.source {
            do throws(ContentError) {
                if let cid = try path.nextOfLast(from: reader) { return cid }
            } catch let error where error.isAboutContent {
                // It was let go of, and cannot be read any more: the rest of its links is not known.
                path.removeLast()
                throw error
            }
            path.removeLast()
            depths.leave(source, at: path.depth)
        }
        return nil
    }

    private mutating func descend(into cid: CID) throws(ContentError) {
        let depth = path.depth
        if cid.codec.mayHaveLinks {
            let held = try reader.held(cid) { path.release() }
            try path.descend(into: cid, held)
        } else {
            guard try access.byteCount(of: cid) != nil else { throw .blockNotFound(cid) }
        }
        // A block without links adds no level.
        if path.depth == depth { depths.leave(cid, at: depth) }
    }
}
