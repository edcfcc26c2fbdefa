import Multiformats

/// The part of the index that is in memory only: blocks on their way to the log, and those in it that
/// the index on disk does not have yet.
struct LogTable {
    struct Entry {
        let entry: IndexEntry
        /// Whether the index has an entry for the block already (it was quarantined).
        let isReplacement: Bool
    }

    private var entries: [Multihash: Entry] = [:]
    private var order: [(sequence: UInt64, multihash: Multihash)] = []
    /// What entries and order take.
    private(set) var byteCount = 0
    /// Whether any block ever replaced a quarantined one: only then counting has to look.
    private var hasReplacements = false

    /// Blocks that it knows.
    var count: Int { entries.count }

    /// Numbers that the index does not have, of blocks that are in no table any more too.
    var sequenceCount: Int { order.count }

    /// One of those numbers, the oldest first; nil where there are not so many.
    func sequence(at index: Int) -> UInt64? {
        order.indices.contains(index) ? order[index].sequence : nil
    }

    /// What it knows about a block.
    subscript(multihash: Multihash) -> IndexEntry? { entries[multihash]?.entry }

    /// Whether an entry for a block fits.
    func hasRoom(for multihash: Multihash) -> Bool {
        byteCount + MemoryCost.tableEntry(multihash) <= Limits.tableBytesMax
    }

    /// Whether a block takes the place of one that the index has already.
    func isReplacement(_ multihash: Multihash) -> Bool {
        hasReplacements && entries[multihash]?.isReplacement == true
    }

    /// Adds an entry; its number is larger than all before.
    mutating func enter(_ multihash: Multihash, _ entry: Entry) {
        entries[multihash] = entry
        order.append((entry.entry.sequence, multihash))
        byteCount += MemoryCost.tableEntry(multihash)
        hasReplacements = hasReplacements || entry.isReplacement
    }

    /// Drops the entries above a number.
    ///
    /// - Returns: the blocks, and whether each takes the place of one that the index has already.
    mutating func remove(above sequence: UInt64) -> [Multihash: Bool] {
        var removed: [Multihash: Bool] = [:]
        while let last = order.last, last.sequence > sequence {
            removed[last.multihash] = isReplacement(last.multihash)
            leave(last.multihash, last.sequence)
            order.removeLast()
        }
        return removed
    }

    /// Drops the entries up to a number.
    mutating func remove(through sequence: UInt64) {
        let count = order.firstIndex { $0.sequence > sequence } ?? order.count
        for (sequence, multihash) in order[..<count] { leave(multihash, sequence) }
        order.removeFirst(count)
    }

    private mutating func leave(_ multihash: Multihash, _ sequence: UInt64) {
        if entries[multihash]?.entry.sequence == sequence { entries[multihash] = nil }
        byteCount -= MemoryCost.tableEntry(multihash)
    }

    /// Shows the entries up to a number, the oldest first.
    ///
    /// - Parameters:
    ///   - sequence: the last number.
    ///   - limit: how many numbers are looked at.
    ///   - body: called for each.
    func forEach(
        through sequence: UInt64, limit: Int = .max, _ body: (Multihash, Entry) -> Void
    ) {
        for (number, multihash) in order.prefix(limit) {
            guard number <= sequence else { break }
            if let known = entries[multihash], known.entry.sequence == number {
                body(multihash, known)
            }
        }
    }
}
