/// Which numbers of a part of the log are there: one bit each.
///
/// Parts follow each other without a gap, but the bits of one begin where the log goes on, so a jump
/// in the numbers costs nothing.
struct SequenceWindow {
    /// The part begins behind this number.
    let after: UInt64
    /// The last number of the part; `.max` in the last part.
    let through: UInt64
    private let first: UInt64
    private let last: UInt64
    private let countMax: UInt64
    private var words: [UInt64]

    /// - Parameters:
    ///   - after: where the part before it ended.
    ///   - first: the first number above that the log has.
    ///   - last: the last number of the log.
    ///   - countMax: bits of one part.
    init(after: UInt64, from first: UInt64, last: UInt64, countMax: UInt64) {
        self.after = after
        self.first = first
        self.last = last
        self.countMax = countMax
        let count = last >= first ? last - first + 1 : 0
        through = count > countMax ? first + (countMax - 1) : .max
        words = Array(repeating: 0, count: Int((min(count, countMax) + 63) / 64))
    }

    /// Whether no part follows.
    var isLast: Bool { through == .max }

    /// The part that follows.
    func next(from first: UInt64) -> SequenceWindow {
        SequenceWindow(after: through, from: first, last: last, countMax: countMax)
    }

    /// Whether a number belongs to this part, there or not.
    func covers(_ sequence: UInt64) -> Bool { sequence > after && sequence <= through }

    /// Notes that the log has a number; one of another part is passed over.
    mutating func insert(_ sequence: UInt64) {
        guard let (word, bit) = place(sequence) else { return }
        words[word] |= bit
    }

    /// Whether the log has a number of this part.
    func contains(_ sequence: UInt64) -> Bool {
        guard let (word, bit) = place(sequence) else { return false }
        return words[word] & bit != 0
    }

    private func place(_ sequence: UInt64) -> (word: Int, bit: UInt64)? {
        guard covers(sequence), sequence >= first,
            (sequence - first) / 64 < UInt64(words.count)
        else { return nil }
        return (Int((sequence - first) / 64), 1 << ((sequence - first) % 64))
    }
}
