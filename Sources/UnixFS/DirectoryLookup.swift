package import Buffers
package import IPLD
package import Multiformats

/// What came of looking up one name in a directory.
package struct DirectoryLookup: Sendable {
    /// The entry; nil if there is none of that name.
    package let entry: DirectoryEntry?

    /// The shards below the root that were crossed, in order: what a CAR of the path contains.
    package let shards: [CID]
}

extension DirectoryReader {
    /// Finds a name, reading only the shards on the way to it.
    ///
    /// - Parameters:
    ///   - name: the bytes of the path segment.
    ///   - root: the block of a directory.
    ///   - source: gives the shards.
    /// - Returns: the entry, if any, and the shards that were crossed.
    /// - Throws: as `DirectorySearch.step(in:)`; what the source throws.
    package static func lookup(
        _ name: Bytes, in root: Block, from source: borrowing some BlockSource
    ) throws -> DirectoryLookup {
        var search = DirectorySearch(for: name)
        var step = try search.step(in: root)
        while case .shard(let cid) = step {
            step = try search.step(in: Block(cid: cid, bytes: try source.block(cid)))
        }
        guard case .end(let lookup) = step else { preconditionFailure("a search ends or goes on") }
        return lookup
    }
}

/// The search for one name, block by block: only one of them has to be in memory.
package struct DirectorySearch: Sendable {
    /// What comes after a block.
    package enum Step: Sendable {
        /// It goes on in this shard.
        case shard(CID)
        /// It has ended.
        case end(DirectoryLookup)
    }

    private let name: Bytes
    private let hash: UInt64
    /// Bits of the hash that the shards so far have used up; nil before the root.
    private var usedBits: Int?
    private var shards: [CID] = []

    /// Prepares a search.
    ///
    /// - Parameter name: the bytes of the path segment.
    package init(for name: Bytes) {
        self.name = name
        hash = MurmurHash3.first64(of: name)
    }

    /// Looks into the next block.
    ///
    /// - Parameter block: the root of the directory, then the shards that are asked for.
    /// - Throws: `.notADirectory` for a root that is none; `.malformed`, `.notUnixFS` or `.tooDeep`
    ///   for bad shards.
    package mutating func step(in block: Block) throws(UnixFSError) -> Step {
        if let usedBits {
            shards.append(block.cid.compacted())
            return step(in: try ShardNode.read(block, usedBits: usedBits), usedBits)
        }
        switch try UnixFSNode.read(block) {
        case .directory(let node): return end(node.entry(named: name))
        case .shard(let node): return step(in: node, 0)
        case .file, .raw, .symlink:
            throw UnixFSError(.notADirectory, "\(block.cid) is not a directory")
        }
    }

    private mutating func step(in node: ShardNode, _ used: Int) -> Step {
        let bucket = Shard.bucket(of: hash, usedBits: used, bitsPerLevel: node.form.bitsPerLevel)
        usedBits = used + node.form.bitsPerLevel
        switch node.slot(inBucket: bucket) {
        case nil: return end(nil)
        case .entry(let entry): return end(entry.name == name ? entry : nil)
        case .shard(let cid): return .shard(cid.detached())
        }
    }

    private func end(_ entry: DirectoryEntry?) -> Step {
        .end(DirectoryLookup(entry: entry, shards: shards))
    }
}
