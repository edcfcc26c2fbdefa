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
    /// - Throws: `.notADirectory` for anything else; what the source throws; `.malformed`,
    ///   `.notUnixFS` or `.tooDeep` for bad shards.
    package static func lookup(
        _ name: Bytes, in root: Block, from source: borrowing some BlockSource
    ) throws -> DirectoryLookup {
        switch try UnixFSNode.read(root) {
        case .directory(let node):
            return DirectoryLookup(entry: node.entry(named: name), shards: [])
        case .shard(let node): return try node.lookup(name, from: source)
        case .file, .raw, .symlink:
            throw UnixFSError(.notADirectory, "\(root.cid) is not a directory")
        }
    }
}

extension ShardNode {
    /// Finds a name below this root shard, reading only the shards on the way to it.
    ///
    /// - Parameters:
    ///   - name: the bytes of the path segment.
    ///   - source: gives the shards.
    /// - Returns: the entry, if any, and the shards that were crossed.
    /// - Throws: what the source throws; `.malformed`, `.notUnixFS` or `.tooDeep` for bad shards.
    package func lookup(
        _ name: Bytes, from source: borrowing some BlockSource
    ) throws -> DirectoryLookup {
        let hash = MurmurHash3.first64(of: name)
        var (node, usedBits) = (self, 0)
        var shards: [CID] = []
        while true {
            let bucket = Shard.bucket(
                of: hash, usedBits: usedBits, bitsPerLevel: node.bitsPerLevel)
            usedBits += node.bitsPerLevel
            switch node.slot(inBucket: bucket) {
            case nil: return DirectoryLookup(entry: nil, shards: shards)
            case .entry(let entry):
                return DirectoryLookup(entry: entry.name == name ? entry : nil, shards: shards)
            case .shard(let cid):
                let block = Block(cid: cid, bytes: try source.block(cid))
                node = try ShardNode.read(block, usedBits: usedBits)
                shards.append(cid.compacted())
            }
        }
    }
}
