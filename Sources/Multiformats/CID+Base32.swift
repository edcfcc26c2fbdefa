import Buffers

/// The form that nearly all CIDs of version 1 have as text: base32 in lower case, codec and hash
/// function below 0x80, a digest of 32 bytes. Read and written without intermediate buffers, since
/// gateways and RPC clients send one with every request.
extension CID {
    /// 36 bytes in 58 characters, and the prefix.
    private static let usualTextCount = 59

    /// Reads the usual form; nil for every other, which is then read the long way.
    static func fromUsualBase32(_ text: String) -> CID? {
        let text = text.utf8Span.span
        guard text.count == usualTextCount, text[0] == UInt8(ascii: "b") else { return nil }
        var words: InlineArray<9, UInt32> = .init(repeating: 0)
        var held: UInt64 = 0
        var heldBits: UInt64 = 0
        var next = 0
        for index in 1..<usualTextCount {
            guard let value = base32Value(text[index]) else { return nil }
            held = (held << 5) | value
            heldBits += 5
            if heldBits >= 32 {
                heldBits -= 32
                words[next] = UInt32(truncatingIfNeeded: held >> heldBits)
                next += 1
            }
        }
        guard held & ((1 << heldBits) - 1) == 0 else { return nil }
        return fromUsualWords(words)
    }

    @inline(__always)
    private static func base32Value(_ byte: UInt8) -> UInt64? {
        switch byte {
        case 0x61...0x7a: UInt64(byte - 0x61)
        case 0x32...0x37: UInt64(byte - 0x32 + 26)
        default: nil
        }
    }

    private static func fromUsualWords(_ words: borrowing InlineArray<9, UInt32>) -> CID? {
        let head = words[0]
        guard head & 0xff80_80ff == 0x0100_0020 else { return nil }
        func word(_ index: Int) -> UInt64 { UInt64(words[index]) << 32 | UInt64(words[index + 1]) }
        let multihash = Multihash(
            code: MultihashCode(rawValue: UInt64(head >> 8 & 0x7f)),
            inline32: (word(1), word(3), word(5), word(7)))
        return .v1(Multicodec(rawValue: UInt64(head >> 16 & 0x7f)), multihash)
    }
}
