/// The 25 lanes of Keccak-f[1600] and its permutation.
///
/// Lane (x, y) is number x + 5y.
struct KeccakState {
    private var lanes = InlineArray<25, UInt64>(repeating: 0)

    /// Mixes one block in.
    ///
    /// - Parameter block: a multiple of 8 bytes.
    @unsafe
    mutating func absorb(_ block: UnsafeRawBufferPointer) {
        for lane in 0..<block.count / 8 {
            let word = unsafe block.loadUnaligned(fromByteOffset: lane * 8, as: UInt64.self)
            lanes[lane] ^= UInt64(littleEndian: word)
        }
        permute()
    }

    /// Writes the first bytes of the state; enough for every digest that is shorter than the rate.
    @unsafe
    func squeeze(into output: UnsafeMutableRawBufferPointer) {
        for index in 0..<output.count {
            unsafe output[index] = UInt8(
                truncatingIfNeeded: lanes[index / 8] >> (UInt64(index % 8) * 8))
        }
    }

    /// All 25 lanes stay in registers or on the stack: with loops over the array a block takes 14 times
    /// as long.
    private mutating func permute() {
        var a0 = lanes[0], a1 = lanes[1], a2 = lanes[2], a3 = lanes[3], a4 = lanes[4]
        var a5 = lanes[5], a6 = lanes[6], a7 = lanes[7], a8 = lanes[8], a9 = lanes[9]
        var a10 = lanes[10], a11 = lanes[11], a12 = lanes[12], a13 = lanes[13], a14 = lanes[14]
        var a15 = lanes[15], a16 = lanes[16], a17 = lanes[17], a18 = lanes[18], a19 = lanes[19]
        var a20 = lanes[20], a21 = lanes[21], a22 = lanes[22], a23 = lanes[23], a24 = lanes[24]
        for constant in Self.roundConstants {
            // Theta: every lane is mixed with the parity of two columns.
            let c0 = a0 ^ a5 ^ a10 ^ a15 ^ a20
            let c1 = a1 ^ a6 ^ a11 ^ a16 ^ a21
            let c2 = a2 ^ a7 ^ a12 ^ a17 ^ a22
            let c3 = a3 ^ a8 ^ a13 ^ a18 ^ a23
            let c4 = a4 ^ a9 ^ a14 ^ a19 ^ a24
            let d0 = c4 ^ Self.rotated(c1, 1)
            let d1 = c0 ^ Self.rotated(c2, 1)
            let d2 = c1 ^ Self.rotated(c3, 1)
            let d3 = c2 ^ Self.rotated(c4, 1)
            let d4 = c3 ^ Self.rotated(c0, 1)
            // Rho and pi: lane (x, y) goes, rotated, to (y, 2x + 3y).
            let b0 = a0 ^ d0
            let b1 = Self.rotated(a6 ^ d1, 44)
            let b2 = Self.rotated(a12 ^ d2, 43)
            let b3 = Self.rotated(a18 ^ d3, 21)
            let b4 = Self.rotated(a24 ^ d4, 14)
            let b5 = Self.rotated(a3 ^ d3, 28)
            let b6 = Self.rotated(a9 ^ d4, 20)
            let b7 = Self.rotated(a10 ^ d0, 3)
            let b8 = Self.rotated(a16 ^ d1, 45)
            let b9 = Self.rotated(a22 ^ d2, 61)
            let b10 = Self.rotated(a1 ^ d1, 1)
            let b11 = Self.rotated(a7 ^ d2, 6)
            let b12 = Self.rotated(a13 ^ d3, 25)
            let b13 = Self.rotated(a19 ^ d4, 8)
            let b14 = Self.rotated(a20 ^ d0, 18)
            let b15 = Self.rotated(a4 ^ d4, 27)
            let b16 = Self.rotated(a5 ^ d0, 36)
            let b17 = Self.rotated(a11 ^ d1, 10)
            let b18 = Self.rotated(a17 ^ d2, 15)
            let b19 = Self.rotated(a23 ^ d3, 56)
            let b20 = Self.rotated(a2 ^ d2, 62)
            let b21 = Self.rotated(a8 ^ d3, 55)
            let b22 = Self.rotated(a14 ^ d4, 39)
            let b23 = Self.rotated(a15 ^ d0, 41)
            let b24 = Self.rotated(a21 ^ d1, 2)
            // Chi and iota.
            a0 = b0 ^ (~b1 & b2) ^ constant
            a1 = b1 ^ (~b2 & b3)
            a2 = b2 ^ (~b3 & b4)
            a3 = b3 ^ (~b4 & b0)
            a4 = b4 ^ (~b0 & b1)
            a5 = b5 ^ (~b6 & b7)
            a6 = b6 ^ (~b7 & b8)
            a7 = b7 ^ (~b8 & b9)
            a8 = b8 ^ (~b9 & b5)
            a9 = b9 ^ (~b5 & b6)
            a10 = b10 ^ (~b11 & b12)
            a11 = b11 ^ (~b12 & b13)
            a12 = b12 ^ (~b13 & b14)
            a13 = b13 ^ (~b14 & b10)
            a14 = b14 ^ (~b10 & b11)
            a15 = b15 ^ (~b16 & b17)
            a16 = b16 ^ (~b17 & b18)
            a17 = b17 ^ (~b18 & b19)
            a18 = b18 ^ (~b19 & b15)
            a19 = b19 ^ (~b15 & b16)
            a20 = b20 ^ (~b21 & b22)
            a21 = b21 ^ (~b22 & b23)
            a22 = b22 ^ (~b23 & b24)
            a23 = b23 ^ (~b24 & b20)
            a24 = b24 ^ (~b20 & b21)
        }
        lanes[0] = a0
        lanes[1] = a1
        lanes[2] = a2
        lanes[3] = a3
        lanes[4] = a4
        lanes[5] = a5
        lanes[6] = a6
        lanes[7] = a7
        lanes[8] = a8
        lanes[9] = a9
        lanes[10] = a10
        lanes[11] = a11
        lanes[12] = a12
        lanes[13] = a13
        lanes[14] = a14
        lanes[15] = a15
        lanes[16] = a16
        lanes[17] = a17
        lanes[18] = a18
        lanes[19] = a19
        lanes[20] = a20
        lanes[21] = a21
        lanes[22] = a22
        lanes[23] = a23
        lanes[24] = a24
    }

    @inline(__always)
    private static func rotated(_ lane: UInt64, _ count: UInt64) -> UInt64 {
        lane &<< count | lane &>> (64 - count)
    }

    private static let roundConstants: [UInt64] = [
        0x0000_0000_0000_0001, 0x0000_0000_0000_8082, 0x8000_0000_0000_808a, 0x8000_0000_8000_8000,
        0x0000_0000_0000_808b, 0x0000_0000_8000_0001, 0x8000_0000_8000_8081, 0x8000_0000_0000_8009,
        0x0000_0000_0000_008a, 0x0000_0000_0000_0088, 0x0000_0000_8000_8009, 0x0000_0000_8000_000a,
        0x0000_0000_8000_808b, 0x8000_0000_0000_008b, 0x8000_0000_0000_8089, 0x8000_0000_0000_8003,
        0x8000_0000_0000_8002, 0x8000_0000_0000_0080, 0x0000_0000_0000_800a, 0x8000_0000_8000_000a,
        0x8000_0000_8000_8081, 0x8000_0000_0000_8080, 0x0000_0000_8000_0001, 0x8000_0000_8000_8008,
    ]
}
