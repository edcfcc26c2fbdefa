package import Buffers
import IPLD
package import Multiformats

/// A file or a part of one: bytes of its own, then those of its children.
package struct FileNode: Sendable {
    /// A part of the file.
    package struct Part: Sendable {
        /// The part's block.
        package let cid: CID
        /// File bytes in it.
        package let byteCount: UInt64
    }

    /// File bytes in this block, before those of the children.
    package let data: Bytes

    /// The children in order.
    package let parts: [Part]

    /// All file bytes.
    package let byteCount: UInt64

    /// Mode and time; meaningful in a file's root only.
    package let metadata: UnixFSMetadata

    /// Sizes come from `blocksizes`, never from Tsize.
    ///
    /// - Throws: `.malformed` when there are not as many sizes as links, a link has a name, or the
    ///   sizes do not add up to `filesize`.
    init(_ node: DagPBNode, _ message: UnixFSData) throws(UnixFSError) {
        guard node.links.count == message.blockSizes.count else {
            throw UnixFSError(
                .malformed,
                "a file with \(node.links.count) links and \(message.blockSizes.count) sizes")
        }
        guard node.links.allSatisfy({ $0.nameBytes?.isEmpty ?? true }) else {
            throw UnixFSError(.malformed, "a link to a part of a file has a name")
        }
        data = message.data ?? .empty
        parts = zip(node.links, message.blockSizes).map { Part(cid: $0.cid, byteCount: $1) }
        metadata = message.metadata
        byteCount = try Self.sum(message.blockSizes, UInt64(data.count))
        guard message.fileSize ?? byteCount == byteCount else {
            throw UnixFSError(
                .malformed,
                "the file size is \(message.fileSize ?? 0), the parts have \(byteCount) bytes")
        }
    }

    private static func sum(_ sizes: [UInt64], _ start: UInt64) throws(UnixFSError) -> UInt64 {
        var sum = start
        for size in sizes {
            let (next, overflow) = sum.addingReportingOverflow(size)
            guard !overflow, next <= UInt64(Int64.max) else {
                throw UnixFSError(.malformed, "the sizes of a file's parts overflow")
            }
            sum = next
        }
        return sum
    }
}
