import Buffers
import Multiformats

/// The way from the root of a file down to the node whose parts are read: where each node on it goes
/// on. The innermost one is in memory, and of its parents those that `OuterBlocks` keeps; the others
/// are read again when it has ended.
struct FileTrail: Sendable {
    private struct Level: Sendable {
        /// The node, to read it again.
        let cid: CID
        /// Where its next part stands in the node.
        var place: FileNode.Place
        /// Where that part stands in the file.
        var offset: UInt64
        /// Whether there are parts behind that one; looked at where the last byte of a file ends, as
        /// all of them are said to be empty then.
        var hasMoreParts = true
    }

    /// Bytes of the whole file.
    private let fileByteCount: UInt64
    private var levels: [Level] = []
    /// The nodes of all levels but the last, as far as they are in memory.
    private var outer = OuterBlocks<FileNode.PartCursor>()
    /// The parts of the last level's node; nil to be read again.
    private var parts: FileNode.PartCursor?

    init(fileByteCount: UInt64) { self.fileByteCount = fileByteCount }

    /// How many nodes there are on the way.
    var depth: Int { levels.count }

    /// Whether the parts of the innermost node are in memory.
    var holdsParts: Bool { parts != nil }

    /// Whether parts may follow, known where the last byte of the file has been reached.
    var hasMoreParts: Bool { levels.contains(where: \.hasMoreParts) }

    /// Goes on with the parts of a node.
    ///
    /// - Parameters:
    ///   - node: the last part, or the root.
    ///   - cid: its name.
    ///   - offset: where its own bytes begin in the file; its parts come behind them.
    ///   - source: has given the node last, and keeps the one that it is a part of.
    mutating func descend(
        into node: FileNode, _ cid: CID, at offset: UInt64, from source: borrowing some BlockSource
    ) {
        leaveLast(for: node, cid, from: source)
        begin(node, cid, at: offset)
    }

    /// Begins with the root of the file, whose block is kept.
    mutating func begin(_ node: FileNode, _ cid: CID, at offset: UInt64 = 0) {
        levels.append(
            Level(cid: cid, place: node.parts.place, offset: offset + UInt64(node.data.count)))
        parts = node.parts
    }

    /// The next part, and where it begins in the file; nil at the end of the file.
    ///
    /// - Parameter source: gives the innermost node again, if it was let go of.
    /// - Throws: what the source throws.
    mutating func nextPart(
        from source: borrowing some BlockSource
    ) throws -> (FileNode.Part, offset: UInt64)? {
        while let index = levels.indices.last {
            guard levels[index].hasMoreParts else {
                endLevel(source)
                continue
            }
            try resume(from: source)
            guard let part = parts?.next()?.detached() else {
                endLevel(source)
                continue
            }
            let start = levels[index].offset
            levels[index].offset = start + part.byteCount
            if let place = parts?.place { levels[index].place = place }
            if levels[index].offset == fileByteCount {
                var ahead = parts
                levels[index].hasMoreParts = ahead?.next() != nil
            }
            return (part, start)
        }
        return nil
    }

    /// The next parts of the innermost node that lie in a range, in order. Looks at some more than those, as
    /// any number may be said to be empty: who asks for each block would look at all of them each time.
    func upcoming(limit: Int, in range: Range<UInt64>) -> [CID] {
        guard var ahead = parts, var offset = levels.last?.offset else { return [] }
        var result: [CID] = []
        var left = limit * Limits.partsLookedAtEach
        while left > 0, result.count < limit, offset < range.upperBound, let part = ahead.next() {
            left -= 1
            offset += part.byteCount
            if part.byteCount > 0, offset > range.lowerBound { result.append(part.cid) }
        }
        return result
    }

    /// Lets go of the blocks; `nextPart` reads again what it needs.
    mutating func releaseParts() {
        parts = nil
        outer.release()
    }

    private mutating func leaveLast(
        for node: FileNode, _ cid: CID, from source: borrowing some BlockSource
    ) {
        guard let level = levels.last else { return }
        let byteCount = parts?.byteCount ?? 0
        outer.leave(
            parts.take(), byteCount: byteCount, of: level.cid, for: cid, node.parts.byteCount,
            in: source)
    }

    private mutating func endLevel(_ source: borrowing some BlockSource) {
        levels.removeLast()
        parts = outer.comeBack(in: source)
    }

    private mutating func resume(from source: borrowing some BlockSource) throws {
        guard parts == nil, let level = levels.last else { return }
        let block = try source.block(level.cid) { outer.release() }
        parts = FileNode.PartCursor(block, resumingAt: level.place)
        source.keepLast()
    }
}
