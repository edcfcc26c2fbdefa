import BlockStore
import Multiformats

/// Which blocks a walk has met, in bounded memory.
///
/// The first ones are remembered by multihash. A walk that meets more remembers further blocks as
/// bits in a map indexed by their sequence number in the log, so ten million blocks cost a few MiB
/// instead of hundreds. A block that is deleted and written again during the walk has a new number
/// and counts as new: it is sent twice, never left out.
struct SeenBlocks {
    private let store: BlockStore
    private let multihashesMax: Int
    private var multihashes: Set<Multihash> = []
    private var pages: [UInt64: [UInt64]] = [:]

    init(store: BlockStore, multihashesMax: Int = Limits.seenMultihashesMax) {
        self.store = store
        self.multihashesMax = multihashesMax
    }

    /// Notes a block.
    ///
    /// - Returns: whether it is new. A block that is not stored has no number and is always new.
    mutating func insert(_ multihash: Multihash) throws(ContentError) -> Bool {
        if multihashes.count < multihashesMax { return multihashes.insert(multihash).inserted }
        if multihashes.contains(multihash) { return false }
        let info: BlockInfo?
        do {
            info = try store.stat(multihash)
        } catch {
            throw ContentError(error)
        }
        guard let sequence = info?.sequence else { return true }
        return setBit(sequence)
    }

    /// Sets a bit and says whether it was clear. A page has 64 words.
    private mutating func setBit(_ number: UInt64) -> Bool {
        let (page, rest) = (number >> 12, number & 4_095)
        let (word, bit) = (Int(rest >> 6), UInt64(1) << (rest & 63))
        var words = pages.removeValue(forKey: page) ?? Array(repeating: 0, count: 64)
        defer { pages[page] = words }
        guard words[word] & bit == 0 else { return false }
        words[word] |= bit
        return true
    }
}
