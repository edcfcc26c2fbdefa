package import Buffers
package import IPLD
package import Multiformats

/// Reads a file, or a range of it, leaf by leaf and without copying.
///
/// Only blocks that cover the range are asked for, plus inner nodes on the way. Where the parts of
/// a file contradict their parents, reading ends with an error before a wrong byte is given.
///
/// - Invariant: what `next` gives, put together, has exactly the length of the range.
package struct FileReader: Sendable {
    private struct Frame: Sendable {
        let node: FileNode
        /// -1 while the node's own data comes next.
        var index = -1
        /// Where the next piece stands in the file.
        var offset: UInt64
    }

    /// The file.
    package let root: CID

    /// How many bytes the file has.
    package let size: UInt64

    /// Mode and time of the file.
    package let metadata: UnixFSMetadata

    /// What is still to be read.
    private var range: Range<UInt64>
    private var frames: [Frame]
    private let rootFrame: Frame

    /// Reads the root block and prepares to read the whole file.
    ///
    /// - Parameters:
    ///   - root: a raw block or a UnixFS file.
    ///   - source: gives blocks.
    /// - Throws: `.notAFile` for directories and symlinks; `.notUnixFS` and `.malformed`; what the
    ///   source throws.
    package init(root: CID, from source: borrowing some BlockSource) throws {
        try self.init(root: Block(cid: root, bytes: try source.block(root)))
    }

    /// Prepares to read the whole file whose root block is at hand.
    ///
    /// - Parameter root: a raw block or a UnixFS file.
    /// - Throws: `.notAFile` for directories and symlinks; `.notUnixFS` and `.malformed`.
    package init(root: Block) throws(UnixFSError) {
        let node: FileNode
        switch try UnixFSNode.read(root) {
        case .raw(let bytes): node = FileNode(raw: bytes)
        case .file(let file): node = file
        case .directory, .shard, .symlink:
            throw UnixFSError(.notAFile, "\(root.cid) is not a file")
        }
        self.root = root.cid
        size = node.byteCount
        metadata = node.metadata
        rootFrame = Frame(node: node, offset: 0)
        frames = [rootFrame]
        range = 0..<node.byteCount
    }

    /// Starts again, with a part of the file.
    ///
    /// - Parameter range: is cut to the file's size.
    package mutating func read(_ range: Range<UInt64>) {
        self.range = range.clamped(to: 0..<size)
        frames = self.range.isEmpty ? [] : [rootFrame]
    }

    /// The next bytes: a slice of one block.
    ///
    /// - Parameter source: gives blocks.
    /// - Returns: at least one byte; nil at the end of the range.
    /// - Throws: what the source throws; `.malformed`, `.notUnixFS` or `.tooDeep` for bad parts.
    /// - Complexity: reads the leaf and the inner nodes that come before it, usually none.
    package mutating func next(from source: borrowing some BlockSource) throws -> Bytes? {
        while let frame = frames.last {
            if frame.index < 0 {
                if let piece = takeData(of: frame) { return piece }
            } else if frame.index < frame.node.parts.count {
                if let piece = try takePart(frame.index, of: frame, from: source) { return piece }
            } else {
                frames.removeLast()
            }
        }
        return nil
    }

    /// The next blocks that will be read, as far as they are known: what to fetch ahead.
    ///
    /// - Parameter limit: at most so many.
    /// - Returns: leaves and inner nodes inside the range, in order.
    package func upcoming(limit: Int) -> [CID] {
        var result: [CID] = []
        for frame in frames.reversed() {
            var offset = frame.offset + (frame.index < 0 ? UInt64(frame.node.data.count) : 0)
            for part in frame.node.parts.dropFirst(max(frame.index, 0)) {
                guard result.count < limit, offset < range.upperBound else { return result }
                offset += part.byteCount
                if part.byteCount > 0, offset > range.lowerBound { result.append(part.cid) }
            }
        }
        return result
    }

    private mutating func takeData(of frame: Frame) -> Bytes? {
        let data = frame.node.data
        advance(by: UInt64(data.count))
        return clip(data, at: frame.offset)
    }

    private mutating func takePart(
        _ index: Int, of frame: Frame, from source: borrowing some BlockSource
    ) throws -> Bytes? {
        let part = frame.node.parts[index]
        guard frame.offset < range.upperBound else {
            frames.removeAll()
            return nil
        }
        advance(by: part.byteCount)
        guard part.byteCount > 0, frame.offset + part.byteCount > range.lowerBound else {
            return nil
        }
        let node = try Self.read(part, from: source)
        guard !node.parts.isEmpty else { return clip(node.data, at: frame.offset) }
        guard frames.count < Limits.fileDepthMax else {
            throw UnixFSError(
                .tooDeep, "file \(root) has more than \(Limits.fileDepthMax) levels")
        }
        frames.append(Frame(node: node, offset: frame.offset))
        return nil
    }

    private mutating func advance(by byteCount: UInt64) {
        frames[frames.count - 1].index += 1
        frames[frames.count - 1].offset += byteCount
    }

    private func clip(_ bytes: Bytes, at offset: UInt64) -> Bytes? {
        let wanted = range.clamped(to: offset..<offset + UInt64(bytes.count))
        guard !wanted.isEmpty else { return nil }
        return bytes[Int(wanted.lowerBound - offset)..<Int(wanted.upperBound - offset)]
    }

    private static func read(
        _ part: FileNode.Part, from source: borrowing some BlockSource
    ) throws -> FileNode {
        let block = Block(cid: part.cid, bytes: try source.block(part.cid))
        let node: FileNode
        switch try UnixFSNode.read(block) {
        case .raw(let bytes): node = FileNode(raw: bytes)
        case .file(let file): node = file
        case .directory, .shard, .symlink:
            throw UnixFSError(.malformed, "block \(part.cid), a part of a file, is not a file")
        }
        guard node.byteCount == part.byteCount else {
            throw UnixFSError(
                .malformed,
                "block \(part.cid) has \(node.byteCount) bytes of a file, its parent claims "
                    + "\(part.byteCount)")
        }
        return node
    }
}

extension FileNode {
    /// A raw block as a file.
    fileprivate init(raw bytes: Bytes) {
        data = bytes
        parts = []
        byteCount = UInt64(bytes.count)
        metadata = UnixFSMetadata()
    }
}
