/// The key of a LevelDB entry.
///
/// Keys sort by their bytes, so integers in them are big-endian.
@safe
package struct Key: Hashable, Sendable {
    /// The bytes in order.
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The key of a sequence number: 8 bytes, big-endian.
    package init(sequence: UInt64) {
        bytes = unsafe withUnsafeBytes(of: sequence.bigEndian) { unsafe Array($0) }
    }

    /// The sequence number that the key is, or nil if it has another form.
    package var sequence: UInt64? {
        guard bytes.count == 8 else { return nil }
        return bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Lends the bytes as C has them.
    @unsafe
    func withChars<Result>(_ body: (UnsafePointer<CChar>?, Int) -> Result) -> Result {
        unsafe bytes.withUnsafeBytes { raw in
            unsafe body(raw.baseAddress?.assumingMemoryBound(to: CChar.self), raw.count)
        }
    }
}
