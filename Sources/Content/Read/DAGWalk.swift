import BlockStore
package import Buffers
import IPLD
package import Multiformats

/// Visits the blocks below some roots: depth first, parents before children, links in stored order.
///
/// Pulled visit by visit, so the caller decides how fast it goes and may stop at any time.
package struct DAGWalk {
    /// One block of the walk.
    package struct Visit: Sendable {
        /// The block, as the link that led to it spells it.
        package let cid: CID
        /// Links between the root and the block; 0 for the root itself.
        package let depth: Int
        /// Its bytes; nil where the walk was told not to read blocks without links.
        package let bytes: Bytes?
        /// How long it is.
        package let byteCount: Int
        /// Whether the content stands in the CID and not in the store.
        package let isIdentity: Bool
    }

    /// What a walk does when a block is met again.
    package enum Repetition: Sendable {
        /// The block is passed over together with what is below it.
        case once
        /// The block and everything below it are visited again.
        case every
    }

    /// How a walk behaves.
    package struct Options: Sendable {
        /// What happens to a block that is met again.
        package var repetition = Repetition.once
        /// Whether blocks that have no links are read; if not, only their presence is checked.
        package var readsLeaves = true
        /// Whether blocks that are missing are passed over with what is below them.
        package var skipsMissing = false
        /// Levels below the root; nil for no end but the limit of all walks, past which it fails.
        package var depthMax: Int?
        /// Blocks that are remembered by multihash before the map by sequence number takes over.
        package var multihashesMax = Limits.seenMultihashesMax

        /// Every block once, read.
        package init() {}
    }

    private struct Frame {
        let links: [CID]
        var index = 0
    }

    private let library: Library
    private let options: Options
    private let source: ReadAhead
    /// Blocks that were read as nodes and as leaves: the same bytes can be met as both.
    private var seenNodes: SeenBlocks
    private var seenLeaves: SeenBlocks
    private var roots: [CID]
    private var frames: [Frame] = []

    /// Prepares a walk; nothing is read before the first `next()`.
    ///
    /// - Parameters:
    ///   - roots: where it starts, one after the other.
    ///   - library: where the blocks are.
    ///   - options: how it behaves.
    package init(roots: [CID], library: Library, options: Options = Options()) {
        self.library = library
        self.options = options
        self.roots = roots.reversed()
        source = ReadAhead(library)
        let empty = SeenBlocks(store: library.store, multihashesMax: options.multihashesMax)
        (seenNodes, seenLeaves) = (empty, empty)
    }

    /// The next block.
    ///
    /// - Returns: nil when all have been visited.
    /// - Throws: `.blockNotFound` unless missing blocks are skipped, `.undecodable`, `.tooDeep`,
    ///   `.storage`.
    package mutating func next() throws(ContentError) -> Visit? {
        while let (cid, depth) = advance() {
            if options.repetition == .once, try !isNew(cid) { continue }
            do {
                return try visit(cid, depth: depth)
            } catch let error where options.skipsMissing && error.code == .blockNotFound {
                continue
            }
        }
        return nil
    }

    private mutating func isNew(_ cid: CID) throws(ContentError) -> Bool {
        Links.mayHaveLinks(cid.codec)
            ? try seenNodes.insert(cid.multihash) : try seenLeaves.insert(cid.multihash)
    }

    /// The next CID in order and its depth, without looking at it.
    private mutating func advance() -> (CID, Int)? {
        while let last = frames.indices.last {
            if frames[last].index < frames[last].links.count {
                defer { frames[last].index += 1 }
                return (frames[last].links[frames[last].index], last + 1)
            }
            frames.removeLast()
        }
        return roots.popLast().map { ($0, 0) }
    }

    private mutating func visit(_ cid: CID, depth: Int) throws(ContentError) -> Visit {
        let mayHaveLinks = Links.mayHaveLinks(cid.codec)
        guard mayHaveLinks || options.readsLeaves else {
            guard let byteCount = try library.blocks.byteCount(of: cid) else {
                throw .blockNotFound(cid)
            }
            return Visit(
                cid: cid, depth: depth, bytes: nil, byteCount: byteCount,
                isIdentity: cid.isIdentity)
        }
        let bytes = try read(cid)
        if mayHaveLinks { try descend(into: Block(cid: cid, bytes: bytes), depth: depth) }
        return Visit(
            cid: cid, depth: depth, bytes: bytes, byteCount: bytes.count,
            isIdentity: cid.isIdentity)
    }

    private func read(_ cid: CID) throws(ContentError) -> Bytes {
        if let last = frames.last, source.countWanted > 0 {
            let upcoming = last.links[last.index...].prefix(source.windowCount)
            source.expect(options.readsLeaves ? upcoming : upcoming.filter(Self.hasLinks))
        }
        do {
            return try source.block(cid)
        } catch {
            throw ContentError(error, in: cid)
        }
    }

    private static func hasLinks(_ cid: CID) -> Bool { Links.mayHaveLinks(cid.codec) }

    private mutating func descend(into block: Block, depth: Int) throws(ContentError) {
        if let depthMax = options.depthMax, depth >= depthMax { return }
        let links: [CID]
        do {
            links = try Links.links(in: block)
        } catch {
            throw ContentError(error, in: block.cid)
        }
        guard !links.isEmpty else { return }
        guard depth < Limits.walkDepthMax else {
            throw ContentError(
                .tooDeep, "the DAG is more than \(Limits.walkDepthMax) levels deep", cid: block.cid)
        }
        frames.append(Frame(links: links))
    }
}
