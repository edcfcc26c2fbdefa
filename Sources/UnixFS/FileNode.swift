package import Buffers
import IPLD
package import Multiformats

/// A file or a part of one: bytes of its own, then those of its children.
///
/// Parts are read out of the block one by one: a list of them would take many times the block's
/// memory.
package struct FileNode: Sendable {
    /// A part of the file.
    package struct Part: Sendable {
        /// The part's block.
        package let cid: CID
        /// File bytes in it.
        package let byteCount: UInt64

        /// The same without hold of the node that it was read from.
        func detached() -> Part { Part(cid: cid.detached(), byteCount: byteCount) }
    }

    /// The parts in order, from a place on.
    package struct PartCursor: Sendable {
        fileprivate let block: Bytes
        fileprivate let message: Bytes
        fileprivate var links: DagPBLinkCursor
        fileprivate var sizes: BlockSizeCursor

        fileprivate init(block: Bytes, message: Bytes) {
            self.block = block
            self.message = message
            links = DagPBLinkCursor(block, resumingAt: 0)
            sizes = BlockSizeCursor(message, resumingAt: .start)
        }

        /// Bytes of the block that it keeps.
        var byteCount: Int { block.count }

        /// The next part; nil at the end.
        package mutating func next() -> Part? {
            guard let link = links.next(), let size = sizes.next() else { return nil }
            return Part(cid: link.cid, byteCount: size)
        }

        /// Where the next part stands.
        var place: Place {
            Place(
                message: block.range(ofSlice: message), link: links.position, size: sizes.position)
        }

        /// Goes on in a node that was read before, from a place that a cursor over it has told:
        /// without looking at its links again.
        init(_ block: Bytes, resumingAt place: Place) {
            self.block = block
            message = block[place.message.clamped(to: 0..<block.count)]
            links = DagPBLinkCursor(block, resumingAt: place.link)
            sizes = BlockSizeCursor(message, resumingAt: place.size)
        }
    }

    /// A place between two parts of a node.
    struct Place: Sendable {
        /// The UnixFS message in the block.
        fileprivate let message: Range<Int>
        fileprivate let link: Int
        fileprivate let size: BlockSizeCursor.Position
    }

    /// File bytes in this block, before those of the children.
    package let data: Bytes

    /// How many children there are.
    package let partCount: Int

    /// All file bytes; at most `Limits.fileBytesMax`.
    package let byteCount: UInt64

    /// Mode and time; meaningful in a file's root only.
    package let metadata: UnixFSMetadata

    /// The children in order.
    package let parts: PartCursor

    /// Sizes come from `blocksizes`, never from Tsize.
    ///
    /// - Throws: `.malformed` when there are not as many sizes as links, a link has a name, or the
    ///   sizes do not add up to `filesize`.
    init(_ node: DagPBView, _ message: UnixFSDataView) throws(UnixFSError) {
        guard node.linkCount == message.blockSizeCount else {
            throw UnixFSError(
                .malformed,
                "a file with \(node.linkCount) links and \(message.blockSizeCount) sizes")
        }
        var links = node.links()
        while let link = links.next() {
            guard link.nameBytes?.isEmpty ?? true else {
                throw UnixFSError(.malformed, "a link to a part of a file has a name")
            }
        }
        data = message.data ?? .empty
        partCount = node.linkCount
        parts = PartCursor(block: node.bytes, message: node.data ?? .empty)
        metadata = message.metadata
        byteCount = message.byteCount
        guard message.fileSize ?? byteCount == byteCount else {
            throw UnixFSError(
                .malformed,
                "the file size is \(message.fileSize ?? 0), the parts have \(byteCount) bytes")
        }
    }

    /// A raw block as a file.
    init(raw bytes: Bytes) {
        data = bytes
        partCount = 0
        byteCount = UInt64(bytes.count)
        metadata = UnixFSMetadata()
        parts = PartCursor(block: .empty, message: .empty)
    }
}
