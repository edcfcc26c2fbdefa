/// Estimates how often keys were asked for lately: a count-min sketch with 4-bit counters that are
/// halved from time to time.
///
/// - Spec: TinyLFU (Einziger, Friedman, Manes, 2017).
struct FrequencySketch {
    private var words: [UInt64]
    private var mask: Int { words.count - 1 }
    private var additions = 0
    // Half as many as a row has counters: with more, a key that was never asked for would seem to have
    // been, and a list of small blocks would fill the cache.
    private var additionsMax: Int { words.count * 2 }

    /// - Parameter entryCount: how many keys the cache holds.
    init(entryCount: Int) {
        words = Array(repeating: 0, count: Self.wordCount(entryCount))
    }

    /// Bytes that it takes.
    var byteCount: Int { words.count * MemoryLayout<UInt64>.stride }

    /// Bytes that a sketch for so many keys takes.
    static func byteCount(entryCount: Int) -> Int {
        wordCount(entryCount) * MemoryLayout<UInt64>.stride
    }

    /// One word for each key, rounded up to a power of two.
    private static func wordCount(_ entryCount: Int) -> Int {
        var count = 64
        while count < entryCount { count *= 2 }
        return count
    }

    /// Has room for more keys from now on; never for fewer.
    ///
    /// What was counted stays: the word of a key in a sketch of twice the size is the old one, or the
    /// same in the second half. So the second half begins as a copy of the first, and has as many
    /// additions.
    mutating func grow(entryCount: Int) {
        while words.count < entryCount {
            words += words
            additions *= 2
        }
    }

    /// Counts one request for a key.
    mutating func increment(_ hash: UInt64) {
        var grew = false
        for row in 0..<4 {
            let (word, shift) = place(hash, row)
            let count = (words[word] >> shift) & 0xf
            guard count < 15 else { continue }
            words[word] += 1 << shift
            grew = true
        }
        guard grew else { return }
        additions += 1
        if additions >= additionsMax { age() }
    }

    /// How often a key was asked for lately, 0 to 15; may be too high, never too low.
    func estimate(_ hash: UInt64) -> Int {
        var least: UInt64 = 15
        for row in 0..<4 {
            let (word, shift) = place(hash, row)
            least = min(least, (words[word] >> shift) & 0xf)
        }
        return Int(least)
    }

    private mutating func age() {
        for index in words.indices {
            words[index] = (words[index] >> 1) & 0x7777_7777_7777_7777
        }
        additions /= 2
    }

    /// The counter of a row: a word by one part of a product, and a nibble of it by another.
    ///
    /// Each row multiplies by a factor of its own. With one factor for all, and only something added
    /// for the row, the places of two keys would differ by the same distance in every row: who
    /// collides in one would mostly collide in all, and four rows would be worth little more than one.
    @inline(__always)
    private func place(_ hash: UInt64, _ row: Int) -> (word: Int, shift: UInt64) {
        let mixed = hash &* Self.factor(row)
        let word = Int(truncatingIfNeeded: mixed >> 32) & mask
        return (word, ((mixed >> 60) & 3) * 4 + UInt64(row) * 16)
    }

    /// Odd numbers without a pattern: the constants of SplitMix64 and MurmurHash3.
    @inline(__always)
    private static func factor(_ row: Int) -> UInt64 {
        switch row {
        case 0: 0x9e37_79b9_7f4a_7c15
        case 1: 0xbf58_476d_1ce4_e5b9
        case 2: 0x94d0_49bb_1331_11eb
        default: 0xff51_afd7_ed55_8ccd
        }
    }
}
