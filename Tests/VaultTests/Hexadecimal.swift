import Buffers

/// Reads digests as they are printed.
enum Hexadecimal {
    /// Nil for anything but pairs of digits.
    static func bytes(_ text: String) -> Bytes? {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == text.utf8.count, digits.count % 2 == 0 else { return nil }
        return Bytes(
            stride(from: 0, to: digits.count, by: 2).map {
                UInt8(digits[$0] * 16 + digits[$0 + 1])
            })
    }
}
