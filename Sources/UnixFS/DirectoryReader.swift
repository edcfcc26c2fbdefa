import Buffers
package import IPLD
package import Multiformats

/// Lists a directory, plain or HAMT, entry by entry; shards are read when their turn comes.
///
/// The innermost shard is in memory; of those above it small and heavy ones (`OuterBlocks`), the others
/// are read again when it has ended.
package struct DirectoryReader: Sendable {
    private struct Level: Sendable {
        /// The block, to read it again.
        let cid: CID
        /// Where its next link stands.
        var position: Int
        /// What its links mean; nil for a plain directory.
        let form: ShardForm?
        /// Bits of the names' hashes that the shards above have used up.
        let usedBits: Int
        /// Whether an entry was found in it or below.
        var hasEntries = false
    }

    /// The directory.
    package let root: CID

    /// Mode and time of the directory.
    package let metadata: UnixFSMetadata

    /// Whether the directory is spread over shards.
    package let isSharded: Bool

    private var levels: [Level]
    /// The shards of all levels but the last, as far as they are in memory.
    private var outer = OuterBlocks<DagPBLinkCursor>()

    /// Memory that it takes to know where it is, without a block.
    package var memoryByteCount: Int {
        levels.capacity * MemoryLayout<Level>.stride + outer.memoryByteCount
    }

    /// Bytes of the blocks that it has in memory.
    package var heldByteCount: Int { (links?.byteCount ?? 0) + outer.heldByteCount }

    /// The links of the last level; nil where the block has to be read again.
    private var links: DagPBLinkCursor?

    /// Where in the block of the last level the entry stands that was given last.
    private var lastPosition = 0

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
        let (first, form): (DagPBLinkCursor, ShardForm?)
        switch try UnixFSNode.read(root) {
        case .directory(let directory):
            (first, form) = (directory.links, nil)
            metadata = directory.metadata
        case .shard(let shard):
            (first, form) = (shard.links, shard.form)
            metadata = shard.metadata
        case .file, .raw, .symlink:
            throw UnixFSError(.notADirectory, "\(root.cid) is not a directory")
        }
        self.root = root.cid.compacted()
        isSharded = form != nil
        links = first
        levels = [Level(cid: self.root, position: first.position, form: form, usedBits: 0)]
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
            switch nextSlot(index) {
            case nil: try end(source)
            case .entry(let entry):
                levels[index].hasEntries = true
                return entry
            case .shard(let cid): try enter(cid, source)
            }
        }
        return nil
    }

    /// The entry that `next(from:)` gave last, once more: for who let go of it meanwhile, because its name
    /// can be as long as its block.
    ///
    /// - Parameter source: gives the block again, where that was let go of too.
    /// - Returns: nil where none was given.
    /// - Throws: as `next(from:)`.
    package mutating func again(from source: borrowing some BlockSource) throws -> DirectoryEntry? {
        guard let index = levels.indices.last, levels[index].hasEntries else { return nil }
        levels[index].position = lastPosition
        links = links?.moved(to: lastPosition)
        return try next(from: source)
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
        guard isSharded else { return nil }
        while let index = levels.indices.last {
            try resume(from: source)
            switch nextSlot(index) {
            case nil: removeLast(source)
            case .entry: continue
            case .shard(let cid):
                if try wants(cid) { return try enter(cid, source) }
            }
        }
        return nil
    }

    /// What the next link of the innermost node leads to. A function of its own, so that nothing of
    /// that one is held when the next is read.
    private mutating func nextSlot(_ index: Int) -> ShardForm.Slot? {
        guard var rest = links, let link = rest.next() else { return nil }
        links = rest
        lastPosition = levels[index].position
        levels[index].position = rest.position
        switch levels[index].form?.slot(of: link) {
        case nil: return .entry(DirectoryEntry(link))
        case .entry(let entry): return .entry(entry)
        case .shard(let cid): return .shard(cid.detached())
        }
    }

    /// The children of the next entries of the innermost node: what to fetch ahead.
    ///
    /// - Parameter limit: at most so many.
    /// - Returns: entries and shards in order.
    package func upcomingEntries(limit: Int) -> [CID] {
        guard var ahead = links else { return [] }
        var result: [CID] = []
        while result.count < limit, let link = ahead.next() { result.append(link.cid) }
        return result
    }

    /// Lets go of the block; `next` reads again what it needs.
    package mutating func release() {
        links = nil
        outer.release()
    }

    // MARK: the way down

    @discardableResult
    private mutating func enter(
        _ cid: CID, _ source: borrowing some BlockSource
    ) throws -> Block {
        let usedBits = levels.last.map { $0.usedBits + ($0.form?.bitsPerLevel ?? 0) } ?? 0
        let block = Block(cid: cid, bytes: try source.block(cid) { release() })
        let shard = try ShardNode.read(block, usedBits: usedBits)
        leaveLast(for: shard, source)
        levels.append(
            Level(
                cid: cid.compacted(), position: shard.links.position, form: shard.form,
                usedBits: usedBits))
        links = shard.links
        return block
    }

    private mutating func leaveLast(for shard: ShardNode, _ source: borrowing some BlockSource) {
        guard let level = levels.last else { return }
        let byteCount = links?.byteCount ?? 0
        outer.leave(
            links.take(), byteCount: byteCount, of: level.cid, for: shard.cid,
            shard.links.byteCount, in: source)
    }

    @discardableResult
    private mutating func removeLast(_ source: borrowing some BlockSource) -> Level {
        let level = levels.removeLast()
        links = outer.comeBack(in: source)
        return level
    }

    /// Ends the last level; nothing may be left out of a listing without a word.
    private mutating func end(_ source: borrowing some BlockSource) throws(UnixFSError) {
        let level = removeLast(source)
        guard let parent = levels.indices.last else { return }
        guard level.hasEntries else {
            throw UnixFSError(.malformed, "block \(level.cid), a part of a HAMT, has no entries")
        }
        levels[parent].hasEntries = true
    }

    /// Reads the block of the last level again, if it was let go of. It was looked at as a whole
    /// before: all of its links again for each of them would be most of the work.
    private mutating func resume(from source: borrowing some BlockSource) throws {
        guard links == nil, let level = levels.last else { return }
        let block = try source.block(level.cid) { outer.release() }
        links = DagPBLinkCursor(block, resumingAt: level.position)
        source.keepLast()
    }
}
