import Buffers
import IPLD
import Multiformats

/// The way from the root of a walk down to where it is: in each block on it the place of the next
/// link.
///
/// Blocks near the end stay in memory up to `Limits.walkHeldBytesMax`, the last one always while it
/// is used. One before them stays where it is heavier than all that is held below it; else it is read
/// again, which costs no more than to read those has. So none is read again for each of many small
/// children, and all that one path holds is less than two of the largest blocks.
struct WalkPath<Cursor: BlockLinkCursor> {
    private struct Level {
        /// The block, to read it again.
        let cid: CID
        /// Where its next link stands; of the last level only while there is no cursor.
        var place: Cursor.Place
        /// What was accounted for the place.
        var placeByteCount = 0
        var held: HeldBlock?

        var heldByteCount: Int { held?.bytes.count ?? 0 }

        /// What a level on such a block takes beside what it holds.
        static func byteCount(_ cid: CID) -> Int {
            MemoryLayout<Level>.stride + cid.outsideByteCount
        }
    }

    /// Memory for the places on the way down.
    let state: StateShare
    private var levels: [Level] = []
    /// The links of the last level, unless its block has to be read again.
    private var cursor: Cursor?
    /// Index of the first of the innermost levels, which hold their blocks.
    private var firstHeld = 0
    /// Bytes of those.
    private var heldByteCount = 0
    /// Levels before those that hold a heavier block each, the outermost first. Each weighs more than all
    /// behind it together, so there are a few.
    private var heavyLevels: [Int] = []

    init(_ access: ContentAccess) { state = access.makeStateShare() }

    /// Levels between the root and what `next` gives.
    var depth: Int { levels.count }

    /// The block that `next` has found a link in.
    var source: CID? { levels.last?.cid }

    /// The next link of the last level; levels that have none left are ended. It keeps no block, not
    /// even as an identity CID: its own is let go of while that is read, or while a client takes nothing.
    mutating func next(from reader: BlockReader) throws(ContentError) -> CID? {
        while !levels.isEmpty {
            if let cid = try nextOfLast(from: reader) { return cid }
            removeLast()
        }
        return nil
    }

    /// As `next`, but nil where the last level has none left, for who has to know when it ends.
    mutating func nextOfLast(from reader: BlockReader) throws(ContentError) -> CID? {
        try resume(from: reader)
        return cursor?.next()?.compacted()
    }

    /// Links that will come next, as far as the last block tells.
    func upcoming(limit: Int) -> [CID] {
        guard var ahead = cursor else { return [] }
        var result: [CID] = []
        while result.count < limit, let cid = ahead.next() { result.append(cid) }
        return result
    }

    /// Goes down into a block, if it has links.
    ///
    /// - Throws: `.undecodable`, `.tooMuchMemory`, `.overloaded`.
    mutating func descend(into cid: CID, _ held: HeldBlock) throws(ContentError) {
        let held = cid.isIdentity ? HeldBlock(held.bytes, in: levels.last?.held) : held
        let links: Cursor
        do {
            links = try Cursor(Block(cid: cid, bytes: held.bytes))
        } catch {
            throw ContentError(error, in: cid)
        }
        var first = links
        guard first.next() != nil else { return }
        let cid = cid.compacted()
        try state.take(Level.byteCount(cid))
        try leaveLast()
        levels.append(Level(cid: cid, place: links.place, held: held))
        cursor = links
        heldByteCount += held.bytes.count
        dropFirstBlocks()
    }

    /// Lets go of all blocks; `next` reads again what it needs.
    mutating func release() {
        if let cursor, let index = levels.indices.last { levels[index].place = cursor.place }
        for index in levels.indices.dropFirst(firstHeld) { levels[index].held = nil }
        for index in heavyLevels { levels[index].held = nil }
        (firstHeld, heldByteCount, heavyLevels, cursor) = (levels.count, 0, [], nil)
    }

    /// Leaves the way, from its end up to the root. Nothing is held meanwhile.
    ///
    /// - Parameter body: gets each block on it; may wait for memory.
    mutating func leave(_ body: (CID) throws(ContentError) -> Void) throws(ContentError) {
        release()
        while let cid = levels.last?.cid {
            try body(cid)
            removeLast()
            state.giveBack(beyond: Limits.stateStepBytes)
        }
    }

    /// Leaves the way where it is.
    mutating func removeAll() {
        release()
        while !levels.isEmpty { removeLast() }
        state.giveBack(beyond: Limits.stateStepBytes)
    }

    /// Reads the block again that `next` has found a link in, if it was let go of.
    mutating func resume(from reader: BlockReader) throws(ContentError) {
        guard let index = levels.indices.last, cursor == nil else { return }
        let held: HeldBlock
        if let block = levels[index].held {
            held = block
        } else {
            held = try reader.held(levels[index].cid) { release() }
            levels[index].held = held
            heldByteCount += held.bytes.count
        }
        if index < firstHeld {
            (firstHeld, heldByteCount) = (index, held.bytes.count)
            if heavyLevels.last == index { heavyLevels.removeLast() }
        }
        cursor = Cursor(
            Block(cid: levels[index].cid, bytes: held.bytes), resumingAt: levels[index].place)
    }

    /// Notes where the last level stands, before another one takes the cursor. Only what more than one
    /// level remembers is accounted for.
    private mutating func leaveLast() throws(ContentError) {
        guard let index = levels.indices.last else { return }
        if let cursor { levels[index].place = cursor.place }
        if levels[index].cid.isIdentity {
            // It is had again for nothing, and would keep the block around it.
            heldByteCount -= levels[index].heldByteCount
            levels[index].held = nil
        }
        let byteCount = Cursor.byteCount(outside: levels[index].place)
        try state.take(byteCount - levels[index].placeByteCount)
        levels[index].placeByteCount = byteCount
    }

    /// Ends the last level.
    mutating func removeLast() {
        let level = levels.removeLast()
        cursor = nil
        state.forget(Level.byteCount(level.cid) + level.placeByteCount)
        heldByteCount -= level.heldByteCount
        firstHeld = min(firstHeld, levels.count)
    }

    private mutating func dropFirstBlocks() {
        while heldByteCount > Limits.walkHeldBytesMax, firstHeld < levels.count - 1 {
            heldByteCount -= levels[firstHeld].heldByteCount
            heavyLevels.append(firstHeld)
            firstHeld += 1
            dropOutweighedBlocks()
        }
        dropOutweighedBlocks()
    }

    /// Only what is heavier than all that is held below it stays.
    private mutating func dropOutweighedBlocks() {
        var byteCountBelow = heldByteCount
        for place in heavyLevels.indices.reversed() {
            let level = heavyLevels[place]
            if levels[level].heldByteCount > byteCountBelow {
                byteCountBelow += levels[level].heldByteCount
            } else {
                levels[level].held = nil
                heavyLevels.remove(at: place)
            }
        }
    }
}

extension WalkPath where Cursor == NamedLinkCursor {
    /// The name of the link that `next` has given.
    var linkName: Bytes { cursor?.name ?? .empty }
}
