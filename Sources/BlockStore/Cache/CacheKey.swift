import Buffers
import Multiformats

/// A multihash with its hash value computed once for shard, table and sketch.
///
/// Every word goes in by one multiplication of 64 by 64 bits, whose two halves are then folded into
/// one: the step of wyhash (github.com/wangyi-fudan/wyhash), where each bit of the result depends on
/// nearly every bit of both factors. wyhash multiplies by published constants; here both the factor
/// and the start follow from the seed. So whoever chooses the blocks cannot tell which of them
/// collide, and cannot make all of a cache share the counters of one hot block.
///
/// The seed belongs to the cache and not to the process, as that of `Hasher` does, so that a test can
/// repeat what a cache did.
///
/// Two blocks may share a hash, but never a key: keys are equal only when the multihashes are.
struct CacheKey: Hashable {
    private(set) var multihash: Multihash
    let hash: UInt64

    init(_ multihash: Multihash, seed: UInt64) {
        self.multihash = multihash
        // Odd, and another number than the start: wyhash's first constant lies between them.
        let factor = Self.folded(seed, 0xa076_1d64_78bd_642f) | 1
        var hash = seed ^ multihash.code.rawValue
        if let (first, second, third, fourth) = multihash.words {
            hash = Self.folded(hash ^ first, factor)
            hash = Self.folded(hash ^ second, factor)
            hash = Self.folded(hash ^ third, factor)
            hash = Self.folded(hash ^ fourth, factor)
        } else {
            var digest = ByteReader(multihash.digest)
            while let word: UInt64 = try? digest.readBigEndian() {
                hash = Self.folded(hash ^ word, factor)
            }
            while let byte = try? digest.readByte() {
                hash = Self.folded(hash ^ UInt64(byte), factor)
            }
        }
        self.hash = Self.folded(hash ^ UInt64(multihash.digestCount), factor)
    }

    /// The same key for a table that keeps it, with no other memory behind the digest than its own.
    func compacted() -> CacheKey {
        var key = self
        key.multihash = multihash.compacted()
        return key
    }

    /// The halves of a product, as one word.
    @inline(__always)
    private static func folded(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    // Tables of the standard library hash once more, under a key of their own.
    func hash(into hasher: inout Hasher) { hasher.combine(hash) }

    static func == (left: CacheKey, right: CacheKey) -> Bool {
        left.hash == right.hash && left.multihash == right.multihash
    }
}
