import Buffers
package import IPLD
package import Multiformats

/// Lists a directory, plain or HAMT, entry by entry; shards are read when their turn comes.
///
/// Only the innermost shard is in memory; those above it are read again when it has ended.
package struct DirectoryReader: Sendable {
    private struct Level: Sendable {
        /// The block, to read it again.
        let cid: CID
        /// Where its next link stands.
        var position: Int
        /// Bits of the names' hashes that the shards above have used up.
        let usedBits: Int
        /// Whether an entry was found in it or below.
        var hasEntries = false
    }

    private enum Node: Sendable {
        case plain(DagPBLinkCursor)
        case shard(ShardNode, DagPBLinkCursor)
    }

    /// The directory.
    package let root: CID

    /// Mode and time of the directory.
    package let metadata: UnixFSMetadata

    /// Whether the directory is spread over shards.
    package let isSharded: Bool

    private var levels: [Level]

    /// Memory that it takes to know where it is, without a block.
    package var memoryByteCount: Int { levels.capacity * MemoryLayout<Level>.stride }

    /// The node of the last level; nil to be read again.
    private var node: Node?

    /// Reads the root block and prepares to list the directory.
    ///
    /// - Parameters:
    ///   - root: a UnixFS directory.
    ///   - source: gives blocks.
    /// - Throws: `.notADirectory`, `.notUnixFS` or `.malformed`; what the source throws.
    package init(root: CID, from source: borrowing some BlockSource) throws {
        try self.init(root: Block(cid: root, bytes: try source.block(root)))
        source.keepLast()
    }

    /// Prepares to list the directory whose root block is at hand.
    ///
    /// - Parameter root: a UnixFS directory.
    /// - Throws: `.notADirectory`, `.notUnixFS` or `.malformed`.
    package init(root: Block) throws(UnixFSError) {
        let links: DagPBLinkCursor
        switch try UnixFSNode.read(root) {
        case .directory(let directory):
            links = directory.links
            node = .plain(links)
            isSharded = false
            metadata = directory.metadata
        case .shard(let shard):
            links = shard.links
            node = .shard(shard, links)
            isSharded = true
            metadata = shard.metadata
        case .file, .raw, .symlink:
            throw UnixFSError(.notADirectory, "\(root.cid) is not a directory")
        }
        self.root = root.cid.compacted()
        levels = [Level(cid: self.root, position: links.position, usedBits: 0)]
    }

    /// The next entry: of a plain directory in stored order, of a HAMT in the order of hashes.
    ///
    /// - Parameter source: gives blocks.
    /// - Returns: nil at the end.
    /// - Throws: what the source throws; `.malformed`, `.notUnixFS` or `.tooDeep` for bad shards,
    ///   and for a shard below the root that leads to no entry: with those a few blocks could keep
    ///   a listing busy for ever.
    package mutating func next(from source: borrowing some BlockSource) throws -> DirectoryEntry? {
        while let index = levels.indices.last {
            try resume(from: source)
            var below: (cid: CID, usedBits: Int)?
            switch node {
            case .plain(var links):
                let link = links.next()
                node = .plain(links)
                levels[index].position = links.position
                guard let link else { return try end() }
                return DirectoryEntry(link)
            case .shard(let shard, var links):
                let link = links.next()
                node = .shard(shard, links)
                levels[index].position = links.position
                guard let link else {
                    _ = try end()
                    continue
                }
                switch shard.slot(of: link) {
                case .entry(let entry):
                    levels[index].hasEntries = true
                    return entry
                case .shard(let cid):
                    below = (cid.detached(), levels[index].usedBits + shard.bitsPerLevel)
                }
            case nil: return nil
            }
            if let (cid, usedBits) = below { try enter(cid, usedBits: usedBits, source) }
        }
        return nil
    }

    /// The next block of the directory itself: shards, parents first, without the root.
    ///
    /// - Parameters:
    ///   - source: gives blocks.
    ///   - wants: is asked about each shard before it is read; false passes over it and what is below.
    /// - Returns: nil at the end; at once for a plain directory.
    /// - Throws: as `next(from:)`, but for shards without entries; what `wants` throws.
    package mutating func nextShard(
        from source: borrowing some BlockSource, wants: (CID) throws -> Bool
    ) throws -> Block? {
        while let index = levels.indices.last {
            try resume(from: source)
            guard case .shard = node else { return nil }
            guard let next = try nextShardLink(index) else {
                levels.removeLast()
                node = nil
                continue
            }
            guard try wants(next.cid) else { continue }
            return try enter(next.cid, usedBits: next.usedBits, source)
        }
        return nil
    }

    /// The next link to a shard in the innermost one. A function of its own, so that nothing of that
    /// one is held when the next is read.
    private mutating func nextShardLink(_ index: Int) throws -> (cid: CID, usedBits: Int)? {
        guard case .shard(let shard, var links) = node else { return nil }
        defer {
            node = .shard(shard, links)
            levels[index].position = links.position
        }
        while let link = links.next() {
            guard case .shard(let cid) = shard.slot(of: link) else { continue }
            return (cid.detached(), levels[index].usedBits + shard.bitsPerLevel)
        }
        return nil
    }

    /// The children of the next entries of the innermost node: what to fetch ahead.
    ///
    /// - Parameter limit: at most so many.
    /// - Returns: entries and shards in order.
    package func upcomingEntries(limit: Int) -> [CID] {
        var ahead: DagPBLinkCursor
        switch node {
        case .plain(let links), .shard(_, let links): ahead = links
        case nil: return []
        }
        var result: [CID] = []
        while result.count < limit, let link = ahead.next() { result.append(link.cid) }
        return result
    }

    /// Lets go of the block; `next` reads again what it needs.
    package mutating func release() { node = nil }

    // MARK: the way down

    @discardableResult
    private mutating func enter(
        _ cid: CID, usedBits: Int, _ source: borrowing some BlockSource
    ) throws -> Block {
        let block = Block(cid: cid, bytes: try source.block(cid) { node = nil })
        let shard = try ShardNode.read(block, usedBits: usedBits)
        if !cid.isIdentity { source.keepLast() }
        levels.append(
            Level(cid: cid.compacted(), position: shard.links.position, usedBits: usedBits))
        node = .shard(shard, shard.links)
        return block
    }

    /// Ends the last level; nothing may be left out of a listing without a word.
    private mutating func end() throws(UnixFSError) -> DirectoryEntry? {
        let level = levels.removeLast()
        node = nil
        guard let parent = levels.indices.last else { return nil }
        guard level.hasEntries else {
            throw UnixFSError(.malformed, "block \(level.cid), a part of a HAMT, has no entries")
        }
        levels[parent].hasEntries = true
        return nil
    }

    /// Reads the node of the last level again, if it was let go of.
    private mutating func resume(from source: borrowing some BlockSource) throws {
        guard node == nil, let level = levels.last else { return }
        let block = Block(cid: level.cid, bytes: try source.block(level.cid))
        let links = DagPBLinkCursor(block.bytes, resumingAt: level.position)
        // A plain one was looked at as a whole before: all of its links again would be most of the
        // work where many readers take turns.
        node =
            isSharded
            ? .shard(try ShardNode.read(block, usedBits: level.usedBits), links) : .plain(links)
        source.keepLast()
    }
}
