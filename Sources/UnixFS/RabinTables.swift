/// The tables of the Rabin fingerprint with the polynomial that Kubo uses, of degree 53.
struct RabinTables: Sendable {
    static let shared = RabinTables()

    /// The digest after the byte 1 has slid into an empty window.
    static let initialDigest: UInt64 = 1

    /// For the 8 bits that pass the degree of the polynomial: what they reduce to, together with
    /// themselves, so that an xor removes them.
    let reduced: [UInt64]

    /// For the byte that leaves the window: what it still contributes after the next shift.
    let leaving: [UInt64]

    private static let polynomial: UInt64 = 0x3D_F305_DFB2_A805
    private static let degree: UInt64 = 53

    private init() {
        let reduced = (0..<256).map { byte in
            let top = UInt64(byte) << Self.degree
            return Self.remainder(top) | top
        }
        self.reduced = reduced
        leaving = (0..<256).map { byte in
            var value = Self.remainder(UInt64(byte))
            // x^120: as many shifts by a byte as there are later bytes in the window.
            for _ in 0..<15 { value = Self.remainder(value << 8) }
            return (value << 8) ^ reduced[Int(value >> 45)]
        }
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
