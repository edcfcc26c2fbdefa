import Multiformats

/// What counts a block's memory for as long as it is there.
package protocol KeptBlock: AnyObject, Sendable {}

/// The blocks that are in memory on a way down besides the innermost one: where reading goes on in
/// each of them, and what counts its memory.
///
/// One gives way where what is in memory below it is as much: to read it again costs no more than to
/// read that has. So none is read again for each of many small children, and all of them, with the
/// innermost one, are less than twice the largest, or at most `Limits.outerBytesMax`.
struct OuterBlocks<Cursor: Sendable>: Sendable {
    /// A block that is left for one below it.
    private struct Level: Sendable {
        /// Nil to be read again.
        var cursor: Cursor?
        /// Bytes of the block; none of what lies in a CID, which is in the block around it.
        let byteCount: Int
        let isInCID: Bool
        var memory: (any KeptBlock)?

        mutating func letGo() { (cursor, memory) = (nil, nil) }
    }

    private var levels: [Level] = []

    /// Memory that it takes, without a block.
    var memoryByteCount: Int { levels.capacity * MemoryLayout<Level>.stride }

    /// Bytes of those that are in memory.
    var heldByteCount: Int { levels.reduce(0) { $0 + ($1.cursor == nil ? 0 : $1.byteCount) } }

    /// Notes that the innermost block is left for one that lies in the CID of a link in it.
    ///
    /// - Parameters:
    ///   - cursor: where it goes on in the block; nil where that was let go of.
    ///   - byteCount: of the block.
    ///   - isInCID: whether it lies in a CID itself.
    mutating func leave(_ cursor: Cursor?, byteCount: Int, isInCID: Bool) {
        levels.append(
            Level(cursor: cursor, byteCount: isInCID ? 0 : byteCount, isInCID: isInCID))
    }

    /// The same for a block of its own.
    ///
    /// - Parameters:
    ///   - memory: counts the block that is left, or that what is left lies in. What nobody counts is
    ///     let go of.
    ///   - byteCountBelow: of the block that comes next.
    mutating func leave(
        _ cursor: Cursor?, byteCount: Int, isInCID: Bool, countedIn memory: (any KeptBlock)?,
        before byteCountBelow: Int
    ) {
        leave(cursor, byteCount: byteCount, isInCID: isInCID)
        count(in: memory)
        dropOutweighed(by: byteCountBelow)
    }

    /// Comes back to the block that was left last.
    ///
    /// - Returns: where it goes on there, and what counts the block unless the source still does; nil
    ///   where it has to be read again.
    mutating func comeBack() -> (cursor: Cursor, memory: (any KeptBlock)?)? {
        guard let level = levels.popLast(), let cursor = level.cursor else { return nil }
        return (cursor, level.memory)
    }

    /// Leaves the innermost block for the next one, which its source has given last.
    ///
    /// - Parameters:
    ///   - cursor: where it goes on in the block; nil where that was let go of.
    ///   - byteCount: of the block.
    ///   - cid: of the block.
    ///   - next: what it is left for; lies in the block where it is an identity CID.
    ///   - byteCountBelow: of that.
    ///   - source: counts the block until now.
    mutating func leave(
        _ cursor: Cursor?, byteCount: Int, of cid: CID, for next: CID, _ byteCountBelow: Int,
        in source: borrowing some BlockSource
    ) {
        if next.isIdentity {
            leave(cursor, byteCount: byteCount, isInCID: cid.isIdentity)
        } else {
            leave(
                cursor, byteCount: byteCount, isInCID: cid.isIdentity,
                countedIn: source.keepLast(), before: byteCountBelow)
        }
    }

    /// Comes back to the block that was left last, which counts in its source again.
    ///
    /// - Returns: nil where it has to be read again.
    mutating func comeBack(in source: borrowing some BlockSource) -> Cursor? {
        guard let (cursor, memory) = comeBack() else { return nil }
        if let memory { source.keep(memory) }
        return cursor
    }

    /// Lets go of all blocks.
    mutating func release() {
        for index in levels.indices { levels[index].letGo() }
    }

    /// What lies in a CID is had again for nothing; the block around it is what is counted.
    private mutating func count(in memory: (any KeptBlock)?) {
        var index = levels.count - 1
        while index >= 0, levels[index].isInCID {
            levels[index].letGo()
            index -= 1
        }
        // One that was come back to through what lies in it is counted already.
        guard index >= 0, levels[index].cursor != nil, levels[index].memory == nil else { return }
        levels[index].memory = memory
        if memory == nil { levels[index].letGo() }
    }

    private mutating func dropOutweighed(by innermostByteCount: Int) {
        var below = WeightBelow(byteCount: innermostByteCount)
        for index in levels.indices.reversed() where levels[index].cursor != nil {
            if !below.keeps(levels[index].byteCount) { levels[index].letGo() }
        }
    }
}
