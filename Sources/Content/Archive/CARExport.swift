import Buffers
import IPLD
package import Multiformats
import UnixFS

/// A DAG, or the part of one that a path asks for, as the bytes of a CARv1: pulled piece by piece.
///
/// Everything that can be known before the first byte is known after `init`: that path and root are
/// here, and that the span lies in the file. A block that is missing further down makes `next()`
/// throw; then the transfer has to be broken off, because a CAR has no place for errors.
///
/// - Spec: IPFS Trustless Gateway, "CAR Responses"; IPIP-402 and IPIP-412.
package struct CARExport {
    /// How much of what the path leads to is exported.
    package enum Scope: String, Sendable, Hashable {
        /// The one block at the end of the path.
        case block
        /// A file with all its blocks, a folder with its shards but not what is in it.
        case entity
        /// Everything below.
        case all
    }

    /// How an export behaves.
    package struct Options: Sendable, Hashable {
        /// How much is exported.
        package var scope = Scope.all
        /// Only the blocks that hold these bytes of a file; implies the scope `entity`.
        package var span: ByteSpan?
        /// Whether a block is sent each time it is met.
        package var sendsDuplicates = false
        /// Whether blocks that are missing are left out with what is below them.
        package var skipsMissing = false

        /// The whole DAG, each block once.
        package init() {}
    }

    private enum Walk {
        case none
        case dag(DAGWalk)
        case entity(EntityWalk)
    }

    /// The CID in the header: what the path leads to.
    package let root: CID
    /// The length of the whole CAR, where that is known without reading more blocks.
    package let byteCount: UInt64?

    private let reader: BlockReader
    private var gatherer = PieceGatherer()
    private var header: Bytes?
    private var crossed: ArraySlice<CID>
    /// What those are accounted in.
    private var memory: StateShare?
    private var walk: Walk
    /// The payload that follows the head handed out last.
    private var payload = WaitingPiece()

    /// Prepares the export of what a path leads to.
    ///
    /// - Parameters:
    ///   - resolution: the path, resolved; its blocks come first.
    ///   - memory: what they are accounted in, kept as long as they are; nil for a mere root.
    ///   - access: where the blocks are, and who asks.
    ///   - options: what to export, and how.
    /// - Throws: `.blockNotFound` for the block at the end of the path, `.rangeOutside` for a span
    ///   that has nothing of the file, `.undecodable`, `.storage`.
    package init(
        _ resolution: Resolution, in memory: StateShare?, access: ContentAccess,
        options: Options = Options()
    ) throws(ContentError) {
        self.memory = memory
        // One that was known already is not accounted for yet.
        try memory?.require(resolution.byteCount)
        root = resolution.cid
        header = CARWriter.header(roots: [resolution.cid])
        crossed = resolution.crossed[...]
        reader = access.makeReader()
        let terminal = try reader.named(resolution.cid)
        walk = try Self.walk(from: terminal, resolution, access, options)
        byteCount = Self.byteCountIfKnown(of: terminal, resolution, options)
        reader.release()
    }

    /// Prepares the export of a DAG from its root.
    ///
    /// - Parameters:
    ///   - root: where it starts.
    ///   - access: where the blocks are, and who asks.
    ///   - options: what to export, and how.
    /// - Throws: `.blockNotFound` for the root, `.storage`.
    package init(
        root: CID, access: ContentAccess, options: Options = Options()
    ) throws(ContentError) {
        try self.init(Resolution(root: root), in: nil, access: access, options: options)
    }

    /// The next piece of the CAR.
    ///
    /// - Returns: nil at the end. Large payloads are handed out without a copy; small blocks are
    ///   gathered, so that a DAG of many small nodes doesn't become as many small writes.
    /// - Throws: `.blockNotFound`, `.undecodable`, `.storage`, `.tooMuchMemory`, `.overloaded`, and
    ///   as `RequestContext.check()`.
    package mutating func next() throws(ContentError) -> ContentPiece? {
        var gatherer = gatherer
        defer { self.gatherer = gatherer }
        return try gatherer.next(from: reader) { () throws(ContentError) in try nextPart() }
    }

    /// Lets go of all blocks until the next call, which reads again what it needs.
    package mutating func release() {
        gatherer.release()
        payload.release()
        switch walk {
        case .none: break
        case .dag(var dag):
            dag.release()
            walk = .dag(dag)
        case .entity(var entity):
            entity.release()
            walk = .entity(entity)
        }
        reader.release()
    }

    private mutating func nextPart() throws(ContentError) -> ContentPiece? {
        if let payload = try payload.take(from: reader) { return payload }
        if let header = header.take() { return ContentPiece(header) }
        guard let block = try nextBlock() else { return nil }
        payload = WaitingPiece(ContentPiece(0..<block.bytes.count, of: block))
        return ContentPiece(
            CARWriter.sectionHead(cid: block.cid, payloadCount: block.bytes.count))
    }

    /// The next block that belongs into the CAR; identity CIDs never do.
    private mutating func nextBlock() throws(ContentError) -> Block? {
        while let cid = crossed.popFirst() {
            if !cid.isIdentity { return try reader.named(cid) }
        }
        crossed = []
        memory = nil
        // The walk has readers of its own: who waits for its next block holds none of the path.
        reader.release()
        while let block = try nextWalked() {
            if !block.cid.isIdentity { return block }
        }
        return nil
    }

    private mutating func nextWalked() throws(ContentError) -> Block? {
        switch walk {
        case .none:
            return nil
        case .dag(var dag):
            walk = .none
            guard let visit = try dag.next() else { return nil }
            walk = .dag(dag)
            return Block(cid: visit.cid, bytes: visit.bytes ?? .empty)
        case .entity(var entity):
            walk = .none
            guard let block = try entity.next() else { return nil }
            walk = .entity(entity)
            return block
        }
    }

    private static func walk(
        from terminal: Block, _ resolution: Resolution, _ access: ContentAccess, _ options: Options
    ) throws(ContentError) -> Walk {
        let endsInValue = !resolution.remainder.isEmpty
        let scope = endsInValue ? .block : options.span == nil ? options.scope : .entity
        if scope == .all {
            var dag = DAGWalk.Options()
            dag.repetition = options.sendsDuplicates ? .every : .once
            dag.skipsMissing = options.skipsMissing
            return .dag(DAGWalk(roots: [terminal.cid], access: access, options: dag))
        }
        return .entity(
            try EntityWalk(
                from: terminal, access: access, isWhole: scope == .entity, span: options.span,
                repeats: options.sendsDuplicates))
    }

    /// Known for a terminal without children at the end of no path.
    private static func byteCountIfKnown(
        of terminal: Block, _ resolution: Resolution, _ options: Options
    ) -> UInt64? {
        let isSingle =
            options.span == nil && options.scope == .block
            || !terminal.cid.codec.mayHaveLinks
            || hasNoLinks(terminal)
        guard resolution.crossed.isEmpty, isSingle else { return nil }
        let header = CARWriter.header(roots: [terminal.cid]).count
        if terminal.cid.isIdentity { return UInt64(header) }
        let head = CARWriter.sectionHead(
            cid: terminal.cid, payloadCount: terminal.bytes.count)
        return UInt64(header + head.count + terminal.bytes.count)
    }

    private static func hasNoLinks(_ block: Block) -> Bool {
        guard var links = try? LinkCursor(block) else { return false }
        return links.next() == nil
    }
}
