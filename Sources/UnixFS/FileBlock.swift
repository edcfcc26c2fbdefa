package import Buffers
package import IPLD
package import Multiformats

/// A block of a file with the file bytes in it and their place.
package struct FileBlock: Sendable {
    /// The whole block.
    package let block: Block
    /// The file bytes that stand in the block itself.
    package let data: Bytes
    /// Where they stand in the file.
    package let offset: UInt64

    /// The bytes of a range that stand in this block; nil if there are none.
    func piece(of range: Range<UInt64>) -> FilePiece? {
        let wanted = range.clamped(to: offset..<offset + UInt64(data.count))
        guard !wanted.isEmpty else { return nil }
        let place = Int(wanted.lowerBound - offset)..<Int(wanted.upperBound - offset)
        return FilePiece(
            bytes: data[place], block: block.cid, isInsideNode: block.cid.codec != .raw,
            range: place)
    }
}

/// File bytes, and where in a block they stand.
package struct FilePiece: Sendable {
    /// At least one byte.
    package let bytes: Bytes
    /// The block that they are a slice of.
    package let block: CID
    /// Whether `range` counts in the file bytes of a UnixFS node, not in the whole block.
    package let isInsideNode: Bool
    /// Where they stand.
    package let range: Range<Int>
}
