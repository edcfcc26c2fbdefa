extension CID {
    /// Reads the binary forms that nearly all CIDs have: version 0, or version 1 with codec and hash
    /// function below 0x80 and a digest of 32 bytes. Decoders of blocks with many links call this
    /// first, on the block's own memory; nil means that the long way decides.
    ///
    /// - Parameters:
    ///   - span: the memory.
    ///   - range: all bytes of the CID, inside the span.
    package init?(usual span: Span<UInt8>, in range: Range<Int>) {
        let start = range.lowerBound
        switch range.count {
        case 34 where span[start] == 0x12 && span[start + 1] == 32:
            self = .v0(Multihash(code: .sha2_256, inline32: Self.words(span, start + 2)))
        case 36 where span[start] == 1 && span[start + 3] == 32:
            guard (span[start + 1] | span[start + 2]) < 0x80 else { return nil }
            let code = MultihashCode(rawValue: UInt64(span[start + 2]))
            self = .v1(
                Multicodec(rawValue: UInt64(span[start + 1])),
                Multihash(code: code, inline32: Self.words(span, start + 4)))
        default: return nil
        }
    }

    @inline(__always)
    private static func words(
        _ span: Span<UInt8>, _ start: Int
    ) -> (UInt64, UInt64, UInt64, UInt64) {
        (word(span, start), word(span, start + 8), word(span, start + 16), word(span, start + 24))
    }

    @inline(__always)
    private static func word(_ span: Span<UInt8>, _ start: Int) -> UInt64 {
        var word: UInt64 = 0
        for index in start..<start + 8 { word = word << 8 | UInt64(span[index]) }
        return word
    }
}
