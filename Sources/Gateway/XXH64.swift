import Buffers

/// The 64-bit xxHash with seed 0: not cryptographic, for entity tags only.
///
/// - Spec: xxHash specification 0.2.0, XXH64.
enum XXH64 {
    private static let primes: [UInt64] = [
        0x9E37_79B1_85EB_CA87, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9, 0x85EB_CA77_C2B2_AE63,
        0x27D4_EB2F_1656_67C5,
    ]

    /// The hash in base 32 with the digits `0-9a-v`, most significant first, as Kubo writes it.
    static func text(of bytes: Bytes) -> String { String(hash(bytes), radix: 32) }

    /// The hash of some bytes.
    static func hash(_ bytes: Bytes) -> UInt64 {
        var offset = 0
        var hash = bytes.count >= 32 ? stripes(bytes, &offset) : primes[4]
        hash &+= UInt64(bytes.count)
        while offset + 8 <= bytes.count {
            hash ^= round(0, word(bytes, offset))
            hash = rotate(hash, 27) &* primes[0] &+ primes[3]
            offset += 8
        }
        if offset + 4 <= bytes.count {
            hash ^= (word(bytes, offset, 4)) &* primes[0]
            hash = rotate(hash, 23) &* primes[1] &+ primes[2]
            offset += 4
        }
        while offset < bytes.count {
            hash ^= UInt64(bytes[offset]) &* primes[4]
            hash = rotate(hash, 11) &* primes[0]
            offset += 1
        }
        return avalanche(hash)
    }

    private static func stripes(_ bytes: Bytes, _ offset: inout Int) -> UInt64 {
        var lanes: [UInt64] = [primes[0] &+ primes[1], primes[1], 0, 0 &- primes[0]]
        while offset + 32 <= bytes.count {
            for lane in 0..<4 { lanes[lane] = round(lanes[lane], word(bytes, offset + lane * 8)) }
            offset += 32
        }
        var hash =
            rotate(lanes[0], 1) &+ rotate(lanes[1], 7) &+ rotate(lanes[2], 12)
            &+ rotate(lanes[3], 18)
        for lane in lanes { hash = (hash ^ round(0, lane)) &* primes[0] &+ primes[3] }
        return hash
    }

    private static func round(_ lane: UInt64, _ input: UInt64) -> UInt64 {
        rotate(lane &+ input &* primes[1], 31) &* primes[0]
    }

    private static func avalanche(_ hash: UInt64) -> UInt64 {
        var mixed = (hash ^ (hash >> 33)) &* primes[1]
        mixed = (mixed ^ (mixed >> 29)) &* primes[2]
        return mixed ^ (mixed >> 32)
    }

    private static func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 {
        (value << count) | (value >> (64 - count))
    }

    private static func word(_ bytes: Bytes, _ offset: Int, _ count: Int = 8) -> UInt64 {
        (0..<count).reduce(0) { $0 | UInt64(bytes[offset + $1]) << (UInt64($1) * 8) }
    }
}
