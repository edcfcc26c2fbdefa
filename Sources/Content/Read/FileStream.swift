package import IPLD
package import Multiformats
package import UnixFS

/// The bytes of a file, or of a part of one, pulled piece by piece while the pool reads ahead.
///
/// Pieces are slices of blocks; nothing is copied. Stop pulling at any time: what was read ahead is
/// given back when the stream goes away.
package struct FileStream {
    /// The file.
    package let cid: CID
    /// Bytes in the whole file.
    package let size: UInt64
    /// The part that is read.
    package let range: Range<UInt64>
    /// Mode and time of the file.
    package let metadata: UnixFSMetadata

    private let source: BlockReader
    private var reader: FileReader

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - cid: a raw block or a UnixFS file.
    ///   - range: the part to read, cut to the size of the file; nil for all of it.
    ///   - checksEmptyParts: as in `FileReader.read`.
    ///   - access: where the blocks are, and who asks.
    /// - Throws: `.isDirectory`, `.notFile`, `.notUnixFS`, `.undecodable`, `.blockNotFound`,
    ///   `.storage`, `.overloaded`, and as `RequestContext.check()`.
    /// - Complexity: reads the root block.
    package init(
        _ cid: CID, range: Range<UInt64>? = nil, checksEmptyParts: Bool = true,
        access: ContentAccess
    ) throws(ContentError) {
        let source = access.makeReader()
        try self.init(
            try source.named(cid), range: range, checksEmptyParts: checksEmptyParts, from: source)
    }

    /// Opens a file whose root block was just read.
    ///
    /// - Parameters:
    ///   - root: a raw block or the root of a UnixFS file.
    ///   - range: the part to read, cut to the size of the file; nil for all of it.
    ///   - checksEmptyParts: as in `FileReader.read`.
    ///   - source: has given the root last, and is the stream's from now on.
    /// - Throws: `.isDirectory`, `.notFile`, `.notUnixFS`, `.undecodable`.
    package init(
        _ root: Block, range: Range<UInt64>? = nil, checksEmptyParts: Bool = true,
        from source: BlockReader
    ) throws(ContentError) {
        self.source = source
        reader = try Self.open(root)
        source.keepLast()
        (cid, size, metadata) = (root.cid, reader.size, reader.metadata)
        self.range = (range ?? 0..<reader.size).clamped(to: 0..<reader.size)
        if range != nil { reader.read(self.range, checksEmptyParts: checksEmptyParts) }
    }

    /// The next piece.
    ///
    /// - Returns: at least one byte; nil at the end of the range.
    /// - Throws: `.blockNotFound`, `.undecodable`, `.tooDeep`, `.storage`, `.overloaded`, and as
    ///   `RequestContext.check()`; no piece follows.
    package mutating func next() throws(ContentError) -> ContentPiece? {
        if source.isOthersTurn { release() }
        if source.countWanted > 0 {
            // The very next block is left to this thread, unless it is on its way already.
            source.expect(reader.upcoming(limit: source.windowCount + 1).dropFirst())
        }
        do {
            guard let piece = try reader.next(from: source) else { return nil }
            return ContentPiece(
                piece.bytes,
                origin: .init(piece.block, isInsideNode: piece.isInsideNode, range: piece.range))
        } catch {
            throw ContentError(error, in: cid)
        }
    }

    /// Lets go of all blocks until the next call, which reads again what it needs.
    package mutating func release() {
        reader.release()
        source.release()
    }

    private static func open(_ root: Block) throws(ContentError) -> FileReader {
        do {
            switch try UnixFSNode.read(root) {
            case .directory, .shard:
                throw ContentError(.isDirectory, "this dag node is a directory", cid: root.cid)
            case .symlink:
                throw ContentError(.notFile, "operation not supported", cid: root.cid)
            case .raw, .file:
                return try FileReader(root: root)
            }
        } catch {
            throw ContentError(error, in: root.cid)
        }
    }
}
