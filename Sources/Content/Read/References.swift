import IPLD
package import Multiformats

/// One link between two blocks.
package struct Reference: Sendable, Hashable {
    /// The block with the link.
    package let source: CID
    /// The block that it leads to.
    package let destination: CID
    /// Name of the link; in dag-cbor and dag-json the path to it.
    package let linkName: String
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

        /// The links of the root.
        package init() {}
    }

    private struct Frame {
        let source: CID
        let links: [(name: String, cid: CID)]
        var index = 0
    }

    private let library: Library
    private let options: Options
    private var frames: [Frame] = []
    /// The smallest depth at which each destination was met.
    private var depths: [CID: Int] = [:]
    /// The destination given out last, if its links come next.
    private var pending: CID?

    /// Reads the root.
    ///
    /// - Parameters:
    ///   - root: where to start.
    ///   - library: where the blocks are.
    ///   - options: how far to go.
    /// - Throws: `.blockNotFound`, `.undecodable`, `.storage`.
    package init(
        from root: CID, library: Library, options: Options = Options()
    ) throws(ContentError) {
        self.library = library
        self.options = options
        if options.depthMax != 0 { try descend(into: root) }
    }

    /// The next link.
    ///
    /// - Returns: nil at the end.
    /// - Throws: as `init`; `.tooDeep`, `.tooManyBlocks` for more unique blocks than can be
    ///   remembered.
    package mutating func next() throws(ContentError) -> Reference? {
        if let block = pending.take() { try descend(into: block) }
        while let depth = frames.indices.last {
            let frame = frames[depth]
            guard frame.index < frame.links.count else {
                frames.removeLast()
                continue
            }
            frames[depth].index += 1
            let link = frame.links[frame.index]
            let (isShown, goesDeeper) = try visit(link.cid, depth: depth + 1)
            if isShown {
                pending = goesDeeper ? link.cid : nil
                return Reference(
                    source: frame.source, destination: link.cid, linkName: link.name)
            }
            if goesDeeper { try descend(into: link.cid) }
        }
        return nil
    }

    /// A destination that was met again nearer to the root is followed again, but not shown.
    private mutating func visit(
        _ cid: CID, depth: Int
    ) throws(ContentError) -> (isShown: Bool, goesDeeper: Bool) {
        let isLast = depth == options.depthMax
        guard options.isUnique else { return (true, !isLast) }
        if let before = depths[cid], options.depthMax == nil || before <= depth {
            return (false, false)
        }
        guard depths.count < Limits.uniqueReferencesMax else {
            throw ContentError(
                .tooManyBlocks,
                "more than \(Limits.uniqueReferencesMax) unique blocks: list parts of the DAG")
        }
        let isNew = depths.updateValue(depth, forKey: cid) == nil
        return (isNew, !isLast)
    }

    private mutating func descend(into cid: CID) throws(ContentError) {
        guard Links.mayHaveLinks(cid.codec) else {
            guard try library.blocks.byteCount(of: cid) != nil else { throw .blockNotFound(cid) }
            return
        }
        guard frames.count < Limits.walkDepthMax else {
            throw ContentError(
                .tooDeep, "the DAG is more than \(Limits.walkDepthMax) levels deep", cid: cid)
        }
        let block = try library.blocks.named(cid)
        do {
            frames.append(Frame(source: cid, links: try Links.namedLinks(in: block)))
        } catch {
            throw ContentError(error, in: cid)
        }
    }
}
