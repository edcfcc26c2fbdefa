import Buffers
import IPLD
import Multiformats

/// Collects the children of one inner node of a file.
struct FileNodeBuilder {
    private var links: [DagPBLink] = []
    private var message: UnixFSData
    private var fileByteCount: UInt64 = 0
    private var linkedByteCount: UInt64 = 0
    /// A little less than the node will have.
    private var encodedByteCount = 0

    init() { message = UnixFSData(type: .file) }

    /// How many children there are.
    var childCount: Int { links.count }

    /// Adds a child behind the others.
    ///
    /// - Throws: `.tooLarge` where the node would pass the block limit.
    mutating func append(_ child: Child) throws(UnixFSError) {
        encodedByteCount += child.cid.byteCount + Self.fieldBytesMin
        guard encodedByteCount <= Limits.blockByteCountMax else {
            throw Self.tooLarge(links.count + 1)
        }
        // Kubo writes an empty name field here, not none, and so the world's CIDs contain it.
        links.append(DagPBLink(cid: child.cid, nameBytes: .empty, tsize: child.tsize))
        message.blockSizes.append(child.fileByteCount)
        fileByteCount += child.fileByteCount
        linkedByteCount += child.tsize
    }

    /// Tags and lengths of the link, its CID, name and size, and a size in the message.
    private static let fieldBytesMin = 10

    /// Encodes and seals the node.
    func seal(
        metadata: UnixFSMetadata = UnixFSMetadata(), with seal: (Bytes, Multicodec) throws -> CID
    ) throws -> Child {
        var message = message
        message.fileSize = fileByteCount
        message.metadata = metadata
        let block = DagPBNode(links: links, data: message.encode()).encode()
        guard block.count <= Limits.blockByteCountMax else { throw Self.tooLarge(links.count) }
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
