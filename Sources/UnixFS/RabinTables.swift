/// The tables of the Rabin fingerprint with the polynomial that Kubo uses, of degree 53.
struct RabinTables: Sendable {
    static let shared = RabinTables()

    /// The digest after the byte 1 has slid into an empty window.
    static let initialDigest: UInt64 = 1

    /// For the 8 bits that pass the degree of the polynomial: what they reduce to, together with
    /// themselves, so that an xor removes them.
    let reduced: InlineArray<256, UInt64>

    /// For the byte that leaves the window: what it still contributes after the next shift.
    let leaving: InlineArray<256, UInt64>

    private static let polynomial: UInt64 = 0x3D_F305_DFB2_A805
    private static let degree: UInt64 = 53

    private init() {
        let reduced = InlineArray<256, UInt64> { byte in
            let top = UInt64(byte) << Self.degree
            return Self.remainder(top) | top
        }
        self.reduced = reduced
        leaving = InlineArray<256, UInt64> { byte in
            var value = Self.remainder(UInt64(byte))
            // x^120: as many shifts by a byte as there are later bytes in the window.
            for _ in 0..<15 { value = Self.remainder(value << 8) }
            return (value << 8) ^ reduced[Int(value >> 45)]
        }
    }

    /// The digest after one byte has slid in and another one out.
    @inline(__always)
    func slide(_ digest: UInt64, in entering: UInt8, out left: UInt8) -> UInt64 {
        (digest &<< 8) ^ reduced[Self.top(digest)] ^ (UInt64(entering) ^ leaving[Int(left)])
    }

    /// The 8 bits of a digest that the next shift moves past the degree; a digest has no higher.
    @inline(__always)
    private static func top(_ digest: UInt64) -> Int {
        Int(UInt8(truncatingIfNeeded: digest &>> 45))
    }

    private static func remainder(_ value: UInt64) -> UInt64 {
        var rest = value
        while rest >> degree != 0 {
            let excess = UInt64(63 - rest.leadingZeroBitCount) - degree
            rest ^= polynomial << excess
        }
        return rest
    }
}
