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
        var field = ByteWriter(capacity: child.cid.byteCount + Self.fieldBytesMax)
        link.writeField(to: &field)
        let most = Limits.blockByteCountMax - (childCount + 1) * Self.sizeBytesMin
        guard links.count + field.count <= most else { throw Self.tooLarge(childCount + 1) }
        links += field.takeBytes().array
        message.blockSizes.append(child.fileByteCount)
        fileByteCount += child.fileByteCount
        linkedByteCount += child.tsize
    }

    /// What a link has beside its CID: tags and lengths of itself, the CID, the name and the size.
    private static let fieldBytesMax = 32
    /// The size of a child in the message.
    private static let sizeBytesMin = 2

    /// Encodes and seals the node.
    func seal(
        metadata: UnixFSMetadata = UnixFSMetadata(), with seal: (Bytes, Multicodec) throws -> CID
    ) throws -> Child {
        var message = message
        message.fileSize = fileByteCount
        message.metadata = metadata
        let block = DagPBNode.encode(links: links, data: message.encode())
        guard block.count <= Limits.blockByteCountMax else { throw Self.tooLarge(childCount) }
        return Child(
            cid: try seal(block, .dagPB), fileByteCount: fileByteCount,
            tsize: linkedByteCount + UInt64(block.count))
    }

    private static func tooLarge(_ count: Int) -> UnixFSError {
        UnixFSError(
            .tooLarge,
            "a file node with \(count) links would pass the block limit of "
                + "\(Limits.blockByteCountMax) bytes: use a smaller max-file-links")
    }
}
