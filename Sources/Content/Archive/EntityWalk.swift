import Buffers
import IPLD
import Multiformats
import UnixFS

/// The blocks of one UnixFS entity: of a file all blocks, or those that hold a part of it; of a
/// sharded folder its shards; of everything else its one block. Parents first, links in order.
struct EntityWalk {
    private enum Frame {
        case file(FileNode, index: Int, offset: UInt64)
        case shard(ShardNode, index: Int)
    }

    private let library: Library
    private let source: ReadAhead
    private let range: Range<UInt64>?
    private let repeats: Bool
    private var first: Block?
    private var frames: [Frame] = []
    private var seen: SeenBlocks

    /// - Parameters:
    ///   - terminal: the root of the entity.
    ///   - library: where its other blocks are.
    ///   - isWhole: false for the root block alone.
    ///   - span: the part of a file; ignored for everything else.
    ///   - repeats: whether blocks are given each time they are met.
    /// - Throws: `.rangeOutside` for a span without a byte of the file.
    init(
        from terminal: Block, library: Library, isWhole: Bool, span: ByteSpan?, repeats: Bool
    ) throws(ContentError) {
        self.library = library
        self.repeats = repeats
        first = terminal
        source = ReadAhead(library)
        seen = SeenBlocks(store: library.store)
        // A block that is no UnixFS is an entity of one block.
        guard isWhole, let node = try? UnixFSNode.read(terminal) else {
            range = nil
            return
        }
        range = try Self.range(of: span, in: node, terminal.cid)
        push(node)
    }

    mutating func next() throws(ContentError) -> Block? {
        if let block = first.take() { return block }
        while let cid = nextLink() {
            if !repeats, try !seen.insert(cid.multihash) { continue }
            do {
                let block = Block(cid: cid, bytes: try source.block(cid))
                if cid.codec != .raw { try descend(into: block) }
                return block
            } catch {
                throw ContentError(error, in: cid)
            }
        }
        return nil
    }

    private mutating func descend(into block: Block) throws {
        let node = try UnixFSNode.read(block)
        guard frames.count < Limits.entityDepthMax else {
            throw ContentError(
                .tooDeep, "more than \(Limits.entityDepthMax) levels", cid: block.cid)
        }
        push(node)
    }

    private mutating func push(_ node: UnixFSNode) {
        switch node {
        case .file(let file):
            frames.append(.file(file, index: 0, offset: offset + UInt64(file.data.count)))
        case .shard(let shard):
            frames.append(.shard(shard, index: 0))
        case .raw, .directory, .symlink:
            break
        }
    }

    /// Where in the file the part stands that the innermost frame has given last.
    private var offset: UInt64 {
        guard case .file(let node, let index, let offset) = frames.last, index > 0 else { return 0 }
        return offset - node.parts[index - 1].byteCount
    }

    /// The next link that belongs to the entity.
    private mutating func nextLink() -> CID? {
        while let frame = frames.popLast() {
            switch frame {
            case .file(let node, let index, let offset):
                guard index < node.parts.count else { continue }
                let part = node.parts[index]
                let end = offset + part.byteCount
                frames.append(.file(node, index: index + 1, offset: end))
                guard covers(offset..<end) else { continue }
                expect(node, after: index, at: end)
                return part.cid
            case .shard(let node, let index):
                guard index < node.slotCount else { continue }
                frames.append(.shard(node, index: index + 1))
                if case .shard(let cid) = node.slot(at: index) { return cid }
            }
        }
        return nil
    }

    private func covers(_ part: Range<UInt64>) -> Bool {
        guard let range else { return true }
        return range.overlaps(part)
    }

    private func expect(_ node: FileNode, after index: Int, at offset: UInt64) {
        guard source.countWanted > 0 else { return }
        var offset = offset
        var upcoming: [CID] = []
        for part in node.parts.dropFirst(index + 1).prefix(source.windowCount) {
            if covers(offset..<offset + part.byteCount) { upcoming.append(part.cid) }
            offset += part.byteCount
        }
        source.expect(upcoming)
    }

    /// - Returns: nil for the whole entity.
    private static func range(
        of span: ByteSpan?, in node: UnixFSNode, _ cid: CID
    ) throws(ContentError) -> Range<UInt64>? {
        guard let span, span != .all else { return nil }
        let size: UInt64
        switch node {
        case .raw(let bytes): size = UInt64(bytes.count)
        case .file(let file): size = file.byteCount
        case .directory, .shard, .symlink: return nil
        }
        guard let range = span.range(inFileOf: size) else {
            throw ContentError(
                .rangeOutside, "the byte range has nothing of the \(size) bytes of the file",
                cid: cid)
        }
        return range
    }
}
