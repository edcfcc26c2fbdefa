package import Buffers

extension SeededRandom {
    /// Bytes of all kinds in UTF-8, at the ends of their ranges.
    private static let kindsOfBytes: [UInt8] = [
        0x00, 0x22, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xa8, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf,
        0xe0, 0xe2, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff,
    ]

    /// So many bytes that are text here and there.
    package mutating func bytesOfTexts(_ count: Int) -> Bytes {
        Bytes((0..<count).map { _ in Self.kindsOfBytes[below(Self.kindsOfBytes.count)] })
    }
}
