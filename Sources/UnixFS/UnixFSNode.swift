package import Buffers
package import IPLD
package import Multiformats

/// A block, understood as UnixFS.
///
/// - Spec: UnixFS, "`dag-pb` Types" and "Invalid Test Cases".
package enum UnixFSNode: Sendable {
    /// A raw block: a file of its own, or a chunk.
    case raw(Bytes)
    /// A file, a part of one, or a chunk with a node around it.
    case file(FileNode)
    /// A plain directory.
    case directory(DirectoryNode)
    /// A HAMT directory, or a part of one.
    case shard(ShardNode)
    /// A symlink; nothing follows it.
    case symlink(SymlinkNode)

    /// Understands a block.
    ///
    /// - Throws: `.notUnixFS` for other codecs, and for dag-pb without UnixFS data that can be decoded;
    ///   `.malformed` where they break the rules. Messages name the block.
    package static func read(_ block: Block) throws(UnixFSError) -> UnixFSNode {
        switch block.cid.codec {
        case .raw: return .raw(block.bytes)
        case .dagPB:
            let node = try decode(block)
            guard let data = node.data else {
                throw UnixFSError(
                    .notUnixFS, "block \(block.cid) is dag-pb without UnixFS data")
            }
            do throws(UnixFSError) {
                return try read(node, try UnixFSDataView(decoding: data), of: block.cid)
            } catch {
                throw UnixFSError(
                    error.code, "block \(block.cid) is not valid UnixFS: \(error.message)")
            }
        default:
            throw UnixFSError(
                .notUnixFS,
                "block \(block.cid) has the codec \(block.cid.codec.description), not UnixFS")
        }
    }

    /// Mode and time where the node has them.
    package var metadata: UnixFSMetadata {
        switch self {
        case .raw: UnixFSMetadata()
        case .file(let node): node.metadata
        case .directory(let node): node.metadata
        case .shard(let node): node.metadata
        case .symlink(let node): node.metadata
        }
    }

    private static func decode(_ block: Block) throws(UnixFSError) -> DagPBView {
        do {
            return try DagPBView(block.bytes)
        } catch {
            throw UnixFSError(
                .malformed, "block \(block.cid) is not valid dag-pb: \(error.description)")
        }
    }

    private static func read(
        _ node: DagPBView, _ message: UnixFSDataView, of cid: CID
    ) throws(UnixFSError) -> UnixFSNode {
        switch message.type {
        case .file, .raw: .file(try FileNode(node, message))
        case .directory: .directory(DirectoryNode(cid: cid, node, message))
        case .shard: .shard(try ShardNode(cid: cid, node, message))
        case .symlink:
            .symlink(try SymlinkNode(cid: cid, message))
        case .metadata: throw UnixFSError(.notUnixFS, "type Metadata is not supported")
        }
    }
}

/// A symlink.
package struct SymlinkNode: Sendable {
    /// The text of the link, as it was added.
    package let target: Bytes

    /// Time of the last change.
    package let metadata: UnixFSMetadata

    init(cid: CID, _ message: UnixFSDataView) throws(UnixFSError) {
        target = message.data ?? .empty
        guard target.count <= Limits.linkTargetBytesMax else {
            throw UnixFSError(
                .malformed,
                "the target of the symbolic link \(cid) has \(target.count) bytes, "
                    + "\(Limits.linkTargetBytesMax) at most")
        }
        metadata = message.metadata
    }
}

/// A plain directory.
package struct DirectoryNode: Sendable {
    /// The directory's block.
    package let cid: CID

    /// The links in stored order, which need not be sorted.
    let links: DagPBLinkCursor

    /// Mode and time.
    package let metadata: UnixFSMetadata

    init(cid: CID, _ node: DagPBView, _ message: UnixFSDataView) {
        self.cid = cid
        links = node.links()
        metadata = message.metadata
    }

    /// The entry of that name; of several the first.
    package func entry(named name: Bytes) -> DirectoryEntry? {
        var rest = links
        while let link = rest.next() {
            if link.nameBytes ?? .empty == name { return DirectoryEntry(link) }
        }
        return nil
    }
}
