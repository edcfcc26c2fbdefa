import BlockStore
package import Buffers
import IPLD
package import Multiformats

/// Visits the blocks below some roots: depth first, parents before children, links in stored order.
///
/// Pulled visit by visit, so the caller decides how fast it goes and may stop at any time. The way
/// down is a list of places in blocks; only the blocks at its end and some that are heavier than
/// those are in memory, and another one further up is read again when the walk comes back to it. So
/// neither deep nor wide DAGs cost more than their budget.
package struct DAGWalk {
    /// One block of the walk.
    package struct Visit: Sendable {
        /// The block, as the link that led to it spells it.
        package let cid: CID
        /// Links between the root and the block; 0 for the root itself.
        package let depth: Int
        /// Its bytes; nil where the walk was told not to read blocks without links, and with a fault.
        package let bytes: Bytes?
        /// How long it is; 0 with a fault.
        package let byteCount: Int
        /// Whether the content stands in the CID and not in the store.
        package let isIdentity: Bool
        /// Why what is below it is left out, or the rest of that: the block is missing, damaged or cannot be
        /// decoded. Only of a walk that goes around faults.
        package fileprivate(set) var fault: ContentError?
        /// Whether it was visited before, and was lost while the walk was below it.
        package fileprivate(set) var isRepeated = false
        /// Whether there may be blocks below it that the walk cannot tell, because of its fault.
        package fileprivate(set) var hidesBlocks = false
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
        /// Whether a block that is missing, damaged or cannot be decoded is visited with its fault, and the
        /// walk goes on with what is not below it.
        package var goesAroundFaults = false
        /// Whether a block that is met under another spelling of its CID is another one.
        package var tellsSpellingsApart = false
        /// Whether no block is visited twice however many there are: the walk ends with an error where
        /// it would have to remember too much for that.
        package var isExact = false
        /// Whether a root that is also below another one is visited there, too.
        package var tellsRootsApart = false
        /// Levels below the root; nil for no end.
        package var depthMax: Int?
        /// Blocks that are remembered by multihash before the map by sequence number takes over.
        package var multihashesMax = Limits.seenMultihashesMax

        /// Every block once, read.
        package init() {}

        /// Every block once, those with faults as well; what has no links is not read.
        package static var aroundFaults: Options {
            var options = Options()
            options.readsLeaves = false
            options.goesAroundFaults = true
            return options
        }
    }

    private let options: Options
    private let access: ContentAccess
    private let reader: BlockReader
    private var seen: SeenBlocks
    private var roots: [CID]
    private var path: WalkPath<LinkCursor>
    /// The root that the last block is below of; that block itself where it is the root.
    package private(set) var root: CID?

    /// Prepares a walk; nothing is read before the first `next()`.
    ///
    /// - Parameters:
    ///   - roots: where it starts, one after the other.
    ///   - access: where the blocks are, and who asks.
    ///   - options: how it behaves.
    package init(roots: [CID], access: ContentAccess, options: Options = Options()) {
        self.access = access
        self.options = options
        self.roots = roots.reversed()
        reader = access.makeReader()
        seen = SeenBlocks(
            access, isExact: options.isExact, keysMax: options.multihashesMax)
        path = WalkPath(access)
    }

    /// The next block.
    ///
    /// - Returns: nil when all have been visited.
    /// - Throws: `.blockNotFound` unless missing blocks are skipped, `.undecodable`, `.storage`; where it
    ///   goes around faults, errors of the store that no block is to blame for. `.tooMuchMemory`,
    ///   `.overloaded`, and as `RequestContext.check()`.
    package mutating func next() throws(ContentError) -> Visit? {
        do throws(ContentError) {
            return try nextVisit()
        } catch let error where options.goesAroundFaults && error.isAboutContent {
            // A block on the way that was let go of, and cannot be read any more.
            guard let lost = path.source else { throw error }
            path.removeLast()
            var visit = visit(lost, depth: path.depth, with: error)
            visit.isRepeated = true
            return visit
        }
    }

    private mutating func nextVisit() throws(ContentError) -> Visit? {
        while let (cid, depth) = try advance() {
            try access.context.check()
            let isNoted = depth > 0 || !options.tellsRootsApart
            if options.repetition == .once, isNoted, try !insert(cid) { continue }
            do throws(ContentError) {
                return try visit(cid, depth: depth)
            } catch let error where options.skipsMissing && error.code == .blockNotFound {
                continue
            } catch let error where options.goesAroundFaults && error.isAboutContent {
                return visit(cid, depth: depth, with: error)
            }
        }
        return nil
    }

    /// Goes on below another root behind the others. What was visited below those is not visited again,
    /// with `Repetition.once`.
    package mutating func goOn(below root: CID) { roots.insert(root, at: 0) }

    /// Lets go of all blocks until the next call, which reads again what it needs.
    package mutating func release() {
        path.release()
        reader.release()
    }

    static func hasLinks(_ cid: CID) -> Bool { cid.codec.mayHaveLinks }

    /// The next CID in order and its depth, without looking at it.
    private mutating func advance() throws(ContentError) -> (CID, Int)? {
        if reader.isOthersTurn { release() }
        try seen.state.makeRoom { release() }
        try path.state.makeRoom { release() }
        if let cid = try path.next(from: reader) { return (cid, path.depth) }
        guard let next = roots.popLast() else { return nil }
        root = next
        return (next, 0)
    }

    private mutating func insert(_ cid: CID) throws(ContentError) -> Bool {
        guard options.tellsSpellingsApart else { return try seen.insert(cid) }
        return try seen.insert(cid.multihash, as: .spelling(cid))
    }

    private mutating func visit(_ cid: CID, depth: Int) throws(ContentError) -> Visit {
        let mayHaveLinks = Self.hasLinks(cid)
        guard mayHaveLinks || options.readsLeaves else { return try presence(of: cid, depth) }
        expectNext()
        let held = try reader.held(cid) { path.release() }
        if mayHaveLinks, depth < options.depthMax ?? .max { try path.descend(into: cid, held) }
        return Visit(
            cid: cid, depth: depth, bytes: held.bytes, byteCount: held.bytes.count,
            isIdentity: cid.isIdentity)
    }

    private func presence(of cid: CID, _ depth: Int) throws(ContentError) -> Visit {
        guard let byteCount = try access.byteCount(of: cid) else { throw .blockNotFound(cid) }
        return Visit(
            cid: cid, depth: depth, bytes: nil, byteCount: byteCount, isIdentity: cid.isIdentity)
    }

    private func visit(_ cid: CID, depth: Int, with fault: ContentError) -> Visit {
        Visit(
            cid: cid, depth: depth, bytes: nil, byteCount: 0, isIdentity: cid.isIdentity,
            fault: fault, hidesBlocks: Self.hasLinks(cid) && !isPlainNode(cid))
    }

    /// Whether the index knows that a block which cannot be read has no links. Where it cannot be asked
    /// that is not known.
    private func isPlainNode(_ cid: CID) -> Bool {
        cid.codec == .dagPB && (try? access.library.store.isPlainNode(cid.multihash)) == true
    }

    /// Has the links that come next fetched meanwhile.
    private func expectNext() {
        guard reader.countWanted > 0 else { return }
        let upcoming = path.upcoming(limit: reader.windowCount)
        reader.expect(options.readsLeaves ? upcoming : upcoming.filter(Self.hasLinks))
    }
}
