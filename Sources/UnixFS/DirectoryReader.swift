import Buffers
package import IPLD
package import Multiformats

/// Lists a directory, plain or HAMT, entry by entry; shards are read when their turn comes.
package struct DirectoryReader: Sendable {
    private enum Frame: Sendable {
        case plain(DirectoryNode, index: Int)
        case shard(ShardNode, index: Int, usedBits: Int)
    }

    /// The directory.
    package let root: CID

    /// Mode and time of the directory.
    package let metadata: UnixFSMetadata

    /// Whether the directory is spread over shards.
    package let isSharded: Bool

    private var frames: [Frame]

    /// Reads the root block and prepares to list the directory.
    ///
    /// - Parameters:
    ///   - root: a UnixFS directory.
    ///   - source: gives blocks.
    /// - Throws: `.notADirectory`, `.notUnixFS` or `.malformed`; what the source throws.
    package init(root: CID, from source: borrowing some BlockSource) throws {
        try self.init(root: Block(cid: root, bytes: try source.block(root)))
    }

    /// Prepares to list the directory whose root block is at hand.
    ///
    /// - Parameter root: a UnixFS directory.
    /// - Throws: `.notADirectory`, `.notUnixFS` or `.malformed`.
    package init(root: Block) throws(UnixFSError) {
        let node = try UnixFSNode.read(root)
        switch node {
        case .directory(let directory):
            frames = [.plain(directory, index: 0)]
            isSharded = false
        case .shard(let shard):
            frames = [.shard(shard, index: 0, usedBits: 0)]
            isSharded = true
        case .file, .raw, .symlink:
            throw UnixFSError(.notADirectory, "\(root.cid) is not a directory")
        }
        self.root = root.cid
        metadata = node.metadata
    }

    /// The next entry: of a plain directory in stored order, of a HAMT in the order of hashes.
    ///
    /// - Parameter source: gives blocks.
    /// - Returns: nil at the end.
    /// - Throws: what the source throws; `.malformed`, `.notUnixFS` or `.tooDeep` for bad shards.
    package mutating func next(from source: borrowing some BlockSource) throws -> DirectoryEntry? {
        while let frame = frames.popLast() {
            switch frame {
            case .plain(let node, let index):
                guard index < node.links.count else { continue }
                frames.append(.plain(node, index: index + 1))
                return DirectoryEntry(node.links[index])
            case .shard(let node, let index, let usedBits):
                guard index < node.slotCount else { continue }
                frames.append(.shard(node, index: index + 1, usedBits: usedBits))
                switch node.slot(at: index) {
                case .entry(let entry): return entry
                case .shard(let cid):
                    let used = usedBits + node.bitsPerLevel
                    let block = Block(cid: cid, bytes: try source.block(cid))
                    let child = try ShardNode.read(block, usedBits: used)
                    frames.append(.shard(child, index: 0, usedBits: used))
                }
            }
        }
        return nil
    }

    /// The next shards that will be read, as far as they are known: what to fetch ahead.
    ///
    /// - Parameter limit: at most so many.
    /// - Returns: shards in order; none for a plain directory.
    package func upcoming(limit: Int) -> [CID] {
        var result: [CID] = []
        for case .shard(let node, let index, _) in frames.reversed() {
            for position in index..<max(index, node.slotCount) {
                guard result.count < limit else { return result }
                if case .shard(let cid) = node.slot(at: position) { result.append(cid) }
            }
        }
        return result
    }
}

extension ShardNode {
    /// Reads a shard below another one.
    ///
    /// - Throws: `.tooDeep` where the hash of a name has no bits left for it.
    static func read(_ block: Block, usedBits: Int) throws(UnixFSError) -> ShardNode {
        guard case .shard(let node) = try UnixFSNode.read(block) else {
            throw UnixFSError(.malformed, "block \(block.cid), a part of a HAMT, is not a shard")
        }
        guard usedBits + node.bitsPerLevel <= Limits.hashBitCount else {
            throw UnixFSError.shardTooDeep
        }
        return node
    }
}
