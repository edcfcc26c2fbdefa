import Buffers

/// Names of 16 bytes with a chosen MurmurHash3: the hash is a bijection on a single block, so it
/// can be run backwards.
enum CraftedNames {
    private static let c1: UInt64 = 0x87c3_7b91_1142_53d5
    private static let c2: UInt64 = 0x4cf5_ad43_2745_937f

    /// Different names whose hashes (the first 64 bits) are the given ones.
    static func names(_ hashes: [UInt64]) -> [Bytes] {
        var second: UInt64 = 0
        return hashes.map { hash in
            while true {
                second &+= 0x9e37_79b9_7f4a_7c15
                let name = name(hash, second)
                if !name.contains(UInt8(ascii: "/")) { return Bytes(name) }
            }
        }
    }

    private static func name(_ hash: UInt64, _ second: UInt64) -> [UInt8] {
        let mixed2 = second &- hash
        let (x1, x2) = (unfinalized(hash &- mixed2), unfinalized(mixed2))
        let b = (x2 &- x1) ^ 16
        let a = (x1 &- (x2 &- x1)) ^ 16
        let m1 = rotatedRight(unscaled(a, plus: 0x52dc_e729), 27)
        let m2 = rotatedRight(unscaled(b, plus: 0x3849_5ab5) &- a, 31)
        let k1 = rotatedRight(m1 &* inverse(c2), 31) &* inverse(c1)
        let k2 = rotatedRight(m2 &* inverse(c1), 33) &* inverse(c2)
        return (0..<16).map { UInt8(truncatingIfNeeded: ($0 < 8 ? k1 : k2) >> UInt64($0 % 8 * 8)) }
    }

    private static func unscaled(_ value: UInt64, plus constant: UInt64) -> UInt64 {
        (value &- constant) &* inverse(5)
    }

    private static func unfinalized(_ value: UInt64) -> UInt64 {
        var k = value
        k = (k ^ (k >> 33)) &* inverse(0xc4ce_b9fe_1a85_ec53)
        k = (k ^ (k >> 33)) &* inverse(0xff51_afd7_ed55_8ccd)
        return k ^ (k >> 33)
    }

    private static func rotatedRight(_ value: UInt64, _ count: UInt64) -> UInt64 {
        (value >> count) | (value << (64 - count))
    }

    /// The inverse of an odd number modulo 2^64, by Newton's method.
    private static func inverse(_ value: UInt64) -> UInt64 {
        var result = value
        for _ in 0..<6 { result &*= 2 &- value &* result }
        return result
    }
}
