import Buffers
import IPLD
import Multiformats
import UnixFS

/// The blocks of one UnixFS entity: of a file all blocks, or those that hold a part of it; of a
/// sharded folder its shards; of everything else its one block. Parents first, links in order.
///
/// A part that was given is passed over when it is named again, whatever size that claims: reading it
/// again to see would cost as much as the file is long, in an answer that is short because it repeats
/// itself. All blocks of the entity are there even so, and who reads the file is told.
struct EntityWalk {
    private enum Rest {
        case none
        case file(FileReader)
        case shards(DirectoryReader)
    }

    private let cid: CID
    private let source: BlockReader
    private let repeats: Bool
    /// Whether only a part of the file is wanted.
    private let isPart: Bool
    private var rest = Rest.none
    private var hasGivenRoot = false
    /// Blocks that were given, and those below which everything was.
    private var given: SeenBlocks
    private var complete: SeenBlocks

    /// - Parameters:
    ///   - terminal: the root of the entity.
    ///   - access: where its other blocks are, and who asks.
    ///   - isWhole: false for the root block alone.
    ///   - span: the part of a file; ignored for everything else.
    ///   - repeats: whether blocks are given each time they are met.
    /// - Throws: `.rangeOutside` for a span without a byte of the file; `.undecodable` for UnixFS that breaks
    ///   its rules: its block alone would be an answer that leaves out the others.
    init(
        from terminal: Block, access: ContentAccess, isWhole: Bool, span: ByteSpan?, repeats: Bool
    ) throws(ContentError) {
        cid = terminal.cid.compacted()
        self.repeats = repeats
        source = access.makeReader()
        given = SeenBlocks(access)
        complete = SeenBlocks(access)
        guard isWhole, let node = try Self.unixFS(terminal) else {
            isPart = false
            return
        }
        let range = try Self.range(of: span, in: node, terminal.cid)
        isPart = range != nil
        do {
            switch node {
            case .raw, .directory, .symlink: rest = .none
            case .file:
                var reader = try FileReader(root: terminal)
                if let range { reader.read(range) }
                // The root is read again when the walk begins: until then nothing is held.
                reader.release()
                rest = .file(reader)
            case .shard:
                var reader = try DirectoryReader(root: terminal)
                reader.release()
                rest = .shards(reader)
            }
        } catch {
            throw ContentError(error, in: terminal.cid)
        }
    }

    mutating func next() throws(ContentError) -> Block? {
        if source.isOthersTurn { release() }
        try given.state.makeRoom { release() }
        try complete.state.makeRoom { release() }
        do {
            switch rest {
            case .none:
                return hasGivenRoot ? nil : try root()
            case .file(var reader):
                rest = .none
                let block = try nextBlock(of: &reader)
                rest = .file(reader)
                hasGivenRoot = true
                return block
            case .shards(var reader):
                if !hasGivenRoot { return try root() }
                rest = .none
                let (source, repeats) = (source, repeats)
                let block = try reader.nextShard(from: source) { cid in
                    try repeats || complete.insert(cid.multihash, as: .node(cid.codec))
                }
                rest = .shards(reader)
                return block
            }
        } catch {
            throw ContentError(error, in: cid)
        }
    }

    /// Lets go of all blocks until the next call, which reads again what it needs.
    mutating func release() {
        switch rest {
        case .none: break
        case .file(var reader):
            reader.release()
            rest = .file(reader)
        case .shards(var reader):
            reader.release()
            rest = .shards(reader)
        }
        source.release()
    }

    private mutating func root() throws(ContentError) -> Block {
        hasGivenRoot = true
        return try source.named(cid)
    }

    /// The next block of a file. One that was met before is not given again, but its children may
    /// not have been, where only a part of it was wanted then.
    private mutating func nextBlock(of reader: inout FileReader) throws -> Block? {
        while true {
            if source.countWanted > 0 {
                source.expect(reader.upcoming(limit: source.windowCount + 1).dropFirst())
            }
            let (source, repeats) = (source, repeats)
            let next = try reader.nextBlock(from: source, passesEmptyParts: false) { cid, isWhole in
                guard !repeats, isWhole else { return true }
                return try complete.insert(cid.multihash, as: .node(cid.codec))
            }
            guard let block = next?.block else { return nil }
            if repeats || !isPart { return block }
            if try given.insert(block.cid.multihash, as: .node(block.cid.codec)) { return block }
        }
    }

    /// - Returns: nil for a block that is no UnixFS, which is an entity of its own.
    private static func unixFS(_ block: Block) throws(ContentError) -> UnixFSNode? {
        do {
            return try UnixFSNode.read(block)
        } catch {
            guard error.code != .notUnixFS else { return nil }
            throw ContentError(error, in: block.cid)
        }
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
