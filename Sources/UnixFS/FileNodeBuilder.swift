import Buffers
import IPLD
import Multiformats

/// Collects the children of one inner node of a file, as what its block will have of them: who chooses
/// how many there may be chooses how much that is.
struct FileNodeBuilder {
    /// The fields of the links, one behind the other.
    private var links: [UInt8] = []
    private var message: UnixFSData
    private var fileByteCount: UInt64 = 0
    private var linkedByteCount: UInt64 = 0

    init() { message = UnixFSData(type: .file) }

    /// How many children there are.
    var childCount: Int { message.blockSizes.count }

    /// The memory that they take in lists that grow by doubling.
    var heldByteCount: Int { 2 * (links.count + childCount * MemoryLayout<UInt64>.stride) }

    /// Adds a child behind the others.
    ///
    /// - Throws: `.tooLarge` where the node would pass the block limit.
    mutating func append(_ child: Child) throws(UnixFSError) {
        // Kubo writes an empty name field here, not none, and so the world's CIDs contain it.
        let link = DagPBLink(cid: child.cid, nameBytes: .empty, tsize: child.tsize)
        let field = DagPBWriter.encode(link)
        let most = Limits.blockByteCountMax - (childCount + 1) * Self.sizeBytesMin
        guard links.count + field.count <= most else { throw Self.tooLarge(childCount + 1) }
        links += field.array
        message.blockSizes.append(child.fileByteCount)
        fileByteCount += child.fileByteCount
        linkedByteCount += child.tsize
    }

    /// The size of a child in the message.
    private static let sizeBytesMin = 2

    /// Encodes and seals the node.
    func seal(
        metadata: UnixFSMetadata = UnixFSMetadata(), with seal: (Bytes, Multicodec) throws -> CID
    ) throws -> Child {
        var message = message
        message.fileSize = fileByteCount
        message.metadata = metadata
        let data = message.encode()
        let byteCount = links.count + DagPBWriter.byteCount(ofData: data)
        guard byteCount <= Limits.blockByteCountMax else { throw Self.tooLarge(childCount) }
        var block = DagPBWriter(byteCount: byteCount)
        block.append(encodedLinks: links)
        let cid = try seal(block.finish(data: data), .dagPB)
        return Child(
            cid: cid, fileByteCount: fileByteCount, tsize: linkedByteCount + UInt64(byteCount))
    }

    private static func tooLarge(_ count: Int) -> UnixFSError {
        UnixFSError(
            .tooLarge,
            "a file node with \(count) links would pass the block limit of "
                + "\(Limits.blockByteCountMax) bytes: use a smaller max-file-links")
    }
}
