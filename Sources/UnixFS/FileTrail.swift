import Buffers
import Multiformats

/// The way from the root of a file down to the node whose parts are read: where each node on it goes
/// on. Only the innermost one is in memory; its parents are read again when it has ended.
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
        /// Its parts, while a node further down lies in the same block: it is in the CID of a link.
        var parts: FileNode.PartCursor?
    }

    /// Bytes of the whole file.
    private let fileByteCount: UInt64
    private var levels: [Level] = []
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
    mutating func descend(into node: FileNode, _ cid: CID, at offset: UInt64) {
        if let last = levels.indices.last { levels[last].parts = parts }
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
                endLevel()
                continue
            }
            try resume(from: source)
            guard let part = parts?.next()?.detached() else {
                endLevel()
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
        for index in levels.indices { levels[index].parts = nil }
    }

    private mutating func endLevel() {
        levels.removeLast()
        parts = levels.last?.parts
    }

    private mutating func resume(from source: borrowing some BlockSource) throws {
        guard parts == nil, let level = levels.last else { return }
        parts = FileNode.PartCursor(try source.block(level.cid), resumingAt: level.place)
        source.keepLast()
    }
}
