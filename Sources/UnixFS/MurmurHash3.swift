package import Buffers

/// MurmurHash3 x64 128 with seed 0, of which HAMT directories use the first half.
///
/// - Spec: UnixFS, "HAMT Structure and Parameters"; MurmurHash3 of SMHasher.
package enum MurmurHash3 {
    private static let c1: UInt64 = 0x87c3_7b91_1142_53d5
    private static let c2: UInt64 = 0x4cf5_ad43_2745_937f

    /// The first 64 bits of the hash.
    package static func first64(of bytes: Bytes) -> UInt64 {
        bytes.withByteSpan { first64(of: $0) }
    }

    private static func first64(of bytes: Span<UInt8>) -> UInt64 {
        var (h1, h2): (UInt64, UInt64) = (0, 0)
        var offset = 0
        while bytes.count - offset >= 16 {
            h1 ^= mixFirst(word(bytes, offset..<offset + 8))
            h1 = (rotated(h1, 27) &+ h2) &* 5 &+ 0x52dc_e729
            h2 ^= mixSecond(word(bytes, offset + 8..<offset + 16))
            h2 = (rotated(h2, 31) &+ h1) &* 5 &+ 0x3849_5ab5
            offset += 16
        }
        let middle = min(offset + 8, bytes.count)
        h1 ^= mixFirst(word(bytes, offset..<middle))
        h2 ^= mixSecond(word(bytes, middle..<bytes.count))
        return finish(h1, h2, count: UInt64(bytes.count))
    }

    /// Bytes as a little-endian number; none are 0, which every mixing leaves at 0.
    @inline(__always)
    private static func word(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        var word: UInt64 = 0
        for index in range.reversed() { word = word &<< 8 | UInt64(bytes[index]) }
        return word
    }

    private static func mixFirst(_ word: UInt64) -> UInt64 { rotated(word &* c1, 31) &* c2 }

    private static func mixSecond(_ word: UInt64) -> UInt64 { rotated(word &* c2, 33) &* c1 }

    private static func finish(_ first: UInt64, _ second: UInt64, count: UInt64) -> UInt64 {
        var (h1, h2) = (first ^ count, second ^ count)
        h1 &+= h2
        h2 &+= h1
        return finalized(h1) &+ finalized(h2)
    }

    private static func finalized(_ value: UInt64) -> UInt64 {
        var k = value
        k = (k ^ (k >> 33)) &* 0xff51_afd7_ed55_8ccd
        k = (k ^ (k >> 33)) &* 0xc4ce_b9fe_1a85_ec53
        return k ^ (k >> 33)
    }

    private static func rotated(_ value: UInt64, _ count: UInt64) -> UInt64 {
        (value &<< count) | (value &>> (64 - count))
    }
}
