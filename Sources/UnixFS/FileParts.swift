package import IPLD
import Multiformats

/// The parts of a file's root, one by one, without what is below them.
package struct FileParts: Sendable {
    private let root: CID
    private var place: FileNode.Place?
    private var parts: FileNode.PartCursor?

    /// The parts of a file whose root block is at hand.
    ///
    /// - Throws: `.notAFile`, `.notUnixFS`, `.malformed`.
    package init(of root: Block) throws(UnixFSError) {
        guard let node = try FileNode(root) else {
            throw UnixFSError(.notAFile, "\(root.cid) is not a file")
        }
        self.root = root.cid.compacted()
        parts = node.parts
        place = parts?.place
    }

    /// The next part.
    ///
    /// - Parameter source: gives the root again after `release()`.
    /// - Returns: nil at the end.
    /// - Throws: what the source throws.
    package mutating func next(from source: borrowing some BlockSource) throws -> FileNode.Part? {
        if parts == nil, let place {
            parts = FileNode.PartCursor(try source.block(root), resumingAt: place)
            source.keepLast()
        }
        defer { place = parts?.place }
        return parts?.next()
    }

    /// Lets go of the block; `next` reads it again.
    package mutating func release() { parts = nil }
}
