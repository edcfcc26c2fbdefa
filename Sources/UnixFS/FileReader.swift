import Buffers
package import IPLD
package import Multiformats

/// Reads a file, or a range of it, leaf by leaf and without copying.
///
/// Only blocks that cover the range are asked for, plus inner nodes on the way. Where the parts of
/// a file contradict their parents, reading ends with an error before a wrong byte is given. The
/// innermost node is in memory; of its parents small and heavy ones (`OuterBlocks`), the others are
/// read again when it has ended.
///
/// - Invariant: what `next` gives, put together, has exactly the length of the range.
package struct FileReader: Sendable {
    /// The file.
    package let root: CID

    /// How many bytes the file has.
    package let size: UInt64

    /// Mode and time of the file.
    package let metadata: UnixFSMetadata

    /// What is still to be read.
    private var range: Range<UInt64>
    private var checksEmptyParts = true
    private var trail: FileTrail
    private var hasGivenRoot = false
    /// Until it is given; nil to be read again.
    private var rootBlock: Block?

    /// Reads the root block and prepares to read the whole file.
    ///
    /// - Parameters:
    ///   - root: a raw block or a UnixFS file.
    ///   - source: gives blocks.
    /// - Throws: `.notAFile` for directories and symlinks; `.notUnixFS` and `.malformed`; what the
    ///   source throws.
    package init(root: CID, from source: borrowing some BlockSource) throws {
        try self.init(root: Block(cid: root, bytes: try source.block(root)))
        source.keepLast()
    }

    /// Prepares to read the whole file whose root block is at hand.
    ///
    /// - Parameter root: a raw block or a UnixFS file.
    /// - Throws: `.notAFile` for directories and symlinks; `.notUnixFS` and `.malformed`.
    package init(root: Block) throws(UnixFSError) {
        guard let node = try FileNode(root) else {
            throw UnixFSError(.notAFile, "\(root.cid) is not a file")
        }
        self.root = root.cid.compacted()
        size = node.byteCount
        metadata = node.metadata
        rootBlock = root
        range = 0..<node.byteCount
        trail = FileTrail(fileByteCount: node.byteCount)
        if node.partCount > 0 { trail.begin(node, self.root) }
    }

    /// Starts again, with a part of the file.
    ///
    /// - Parameters:
    ///   - range: is cut to the file's size.
    ///   - checksEmptyParts: whether parts of the range that are said to be empty are read, too. There may
    ///     be more of them than anybody wants to wait for.
    package mutating func read(_ range: Range<UInt64>, checksEmptyParts: Bool = true) {
        self.range = range.clamped(to: 0..<size)
        self.checksEmptyParts = checksEmptyParts
        guard hasGivenRoot else { return }
        release()
        hasGivenRoot = false
        trail = FileTrail(fileByteCount: size)
    }

    /// Lets go of the blocks; `next` reads again what it needs.
    package mutating func release() {
        rootBlock = nil
        trail.releaseParts()
    }

    /// The next bytes: a slice of one block.
    ///
    /// - Parameter source: gives blocks.
    /// - Returns: at least one byte; nil at the end of the range.
    /// - Throws: what the source throws; `.malformed`, `.notUnixFS` or `.tooDeep` for bad parts.
    /// - Complexity: reads the leaf and the inner nodes that come before it, usually none. Where parts
    ///   that are said to be empty stand behind the last byte of the file, reads those before it gives
    ///   that byte, and the block with it twice; in memory there is one block at a time.
    package mutating func next(from source: borrowing some BlockSource) throws -> FilePiece? {
        switch try found(from: source) {
        case .piece(let piece): return piece
        case .last(let cid, let offset):
            // Nobody asks for more who has the length that was promised. Only the name of the block is
            // held while others are read.
            while try nextBlock(from: source, passesEmptyParts: false) != nil {}
            return try piece(of: cid, at: offset, from: source)
        case nil: return nil
        }
    }

    /// Whether no block has to be looked at: a file without a byte may have parts that are to be checked.
    private var readsNothing: Bool { range.isEmpty && !(checksEmptyParts && size == 0) }

    /// Who reads to the end of a file would not miss a part behind its last byte that is said to be empty,
    /// and is not.
    private var readsToEnd: Bool { checksEmptyParts && range.upperBound == size }

    /// Whether a part that is said to be empty stands in the range. If it is not, all behind it stands
    /// elsewhere than its parent says.
    private func hasEmptyPart(at offset: UInt64) -> Bool {
        range.contains(offset) || (readsToEnd && offset == size)
    }

    private enum Found {
        case piece(FilePiece)
        /// The last bytes of a file, with parts behind them.
        case last(CID, offset: UInt64)
    }

    private mutating func found(from source: borrowing some BlockSource) throws -> Found? {
        guard !readsNothing else { return nil }
        while let block = try nextBlock(from: source, passesEmptyParts: !checksEmptyParts) {
            guard let piece = block.piece(of: range) else { continue }
            let isLast = readsToEnd && block.offset + UInt64(block.data.count) == size
            guard isLast, trail.hasMoreParts else { return .piece(piece) }
            return .last(block.block.cid.compacted(), offset: block.offset)
        }
        return nil
    }

    /// The bytes of a block that was looked at before.
    private func piece(
        of cid: CID, at offset: UInt64, from source: borrowing some BlockSource
    ) throws -> FilePiece {
        let block = Block(cid: cid, bytes: try source.block(cid))
        let data = try FileNode(block)?.data ?? .empty
        guard let piece = FileBlock(block: block, data: data, offset: offset).piece(of: range)
        else {
            throw UnixFSError(.malformed, "block \(cid) is not what it was")
        }
        return piece
    }

    /// The next block of the range, inner nodes before their children.
    ///
    /// - Parameters:
    ///   - source: gives blocks.
    ///   - passesEmptyParts: whether parts without a byte are left out. Else those are given that stand in
    ///     the range: a reader that goes from part to part opens them too.
    ///   - wants: is asked about each part before it is read, and whether all of it lies in the
    ///     range; false passes over it and what is below it.
    /// - Returns: nil at the end of the range.
    /// - Throws: as `next(from:)`; what `wants` throws.
    package mutating func nextBlock(
        from source: borrowing some BlockSource, passesEmptyParts: Bool = true,
        wants: (_ part: CID, _ isWhole: Bool) throws -> Bool = { _, _ in true }
    ) throws -> FileBlock? {
        if !hasGivenRoot { return try giveRoot(from: source) }
        while let (part, start) = try trail.nextPart(from: source) {
            try source.check()
            let end = start + part.byteCount
            let isIn =
                part.byteCount == 0
                ? !passesEmptyParts && hasEmptyPart(at: start)
                : start < range.upperBound && end > range.lowerBound
            guard isIn else { continue }
            let isWhole = range.lowerBound <= start && end <= range.upperBound
            guard try wants(part.cid, isWhole) else { continue }
            return try enter(part, at: start, from: source)
        }
        return nil
    }

    /// The next parts of the innermost node: what to fetch ahead.
    ///
    /// - Parameter limit: at most so many.
    /// - Returns: leaves and inner nodes inside the range, in order.
    package func upcoming(limit: Int) -> [CID] {
        trail.upcoming(limit: limit, in: range)
    }

    // MARK: the way down

    private mutating func giveRoot(from source: borrowing some BlockSource) throws -> FileBlock {
        let root: Block
        if let rootBlock {
            root = rootBlock
        } else {
            root = Block(cid: self.root, bytes: try source.block(self.root))
        }
        rootBlock = nil
        guard let node = try FileNode(root), node.byteCount == size else {
            throw UnixFSError(.malformed, "\(root.cid) is not the file that it was")
        }
        hasGivenRoot = true
        if node.partCount > 0 {
            source.keepLast()
            if !trail.holdsParts {
                trail = FileTrail(fileByteCount: size)
                trail.begin(node, self.root)
            }
        }
        return FileBlock(block: root, data: node.data, offset: 0)
    }

    private mutating func enter(
        _ part: FileNode.Part, at offset: UInt64, from source: borrowing some BlockSource
    ) throws -> FileBlock {
        let bytes = try source.block(part.cid) { trail.releaseParts() }
        let block = Block(cid: part.cid, bytes: bytes)
        guard let node = try FileNode(block) else {
            throw UnixFSError(.malformed, "block \(part.cid), a part of a file, is not a file")
        }
        guard node.byteCount == part.byteCount else {
            throw UnixFSError(
                .malformed,
                "block \(part.cid) has \(node.byteCount) bytes of a file, its parent claims "
                    + "\(part.byteCount)")
        }
        if node.partCount > 0 {
            guard trail.depth < Limits.fileDepthMax else {
                throw UnixFSError(
                    .tooDeep, "file \(root) has more than \(Limits.fileDepthMax) levels")
            }
            trail.descend(into: node, part.cid.compacted(), at: offset, from: source)
        }
        return FileBlock(block: block, data: node.data, offset: offset)
    }
}

extension FileNode {
    /// A block as a file or a part of one; nil where it is something else.
    ///
    /// - Throws: `.notUnixFS`, `.malformed`.
    init?(_ block: Block) throws(UnixFSError) {
        switch try UnixFSNode.read(block) {
        case .raw(let bytes): self.init(raw: bytes)
        case .file(let file): self = file
        case .directory, .shard, .symlink: return nil
        }
    }
}
