/// One block of the ChaCha family, for the two generators of test data.
enum ChaChaBlock {
    /// Appends 16 words.
    ///
    /// - Parameters:
    ///   - words: where they go.
    ///   - key: eight words.
    ///   - rounds: double rounds: 10 for ChaCha20, 4 for ChaCha8.
    ///   - counter: of the block; the nonce is zero.
    ///   - addsInput: whether all input words are added at the end; otherwise only the key is.
    static func append(
        to words: inout [UInt32], key: [UInt32], rounds: Int, counter: UInt64, addsInput: Bool
    ) {
        let (low, high) = (
            UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32)
        )
        var (a0, a1, a2, a3): (UInt32, UInt32, UInt32, UInt32) = constants
        var (b0, b1, b2, b3) = (key[0], key[1], key[2], key[3])
        var (c0, c1, c2, c3) = (key[4], key[5], key[6], key[7])
        var (d0, d1, d2, d3): (UInt32, UInt32, UInt32, UInt32) = (low, high, 0, 0)
        var round = 0
        while round < rounds {
            quarter(&a0, &b0, &c0, &d0)
            quarter(&a1, &b1, &c1, &d1)
            quarter(&a2, &b2, &c2, &d2)
            quarter(&a3, &b3, &c3, &d3)
            quarter(&a0, &b1, &c2, &d3)
            quarter(&a1, &b2, &c3, &d0)
            quarter(&a2, &b3, &c0, &d1)
            quarter(&a3, &b0, &c1, &d2)
            round &+= 1
        }
        if addsInput {
            a0 &+= constants.0
            a1 &+= constants.1
            a2 &+= constants.2
            a3 &+= constants.3
            d0 &+= low
            d1 &+= high
        }
        words.append(a0)
        words.append(a1)
        words.append(a2)
        words.append(a3)
        words.append(b0 &+ key[0])
        words.append(b1 &+ key[1])
        words.append(b2 &+ key[2])
        words.append(b3 &+ key[3])
        words.append(c0 &+ key[4])
        words.append(c1 &+ key[5])
        words.append(c2 &+ key[6])
        words.append(c3 &+ key[7])
        words.append(d0)
        words.append(d1)
        words.append(d2)
        words.append(d3)
    }

    /// "expand 32-byte k".
    private static let constants: (UInt32, UInt32, UInt32, UInt32) = (
        0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574
    )

    @inline(__always)
    private static func quarter(
        _ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32, _ d: inout UInt32
    ) {
        a &+= b
        d ^= a
        d = (d &<< 16) | (d &>> 16)
        c &+= d
        b ^= c
        b = (b &<< 12) | (b &>> 20)
        a &+= b
        d ^= a
        d = (d &<< 8) | (d &>> 24)
        c &+= d
        b ^= c
        b = (b &<< 7) | (b &>> 25)
    }
}
