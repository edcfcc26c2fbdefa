/// Keccak with the padding of one's choice: 0x01 is the original, which chain formats use, 0x06 is
/// SHA-3's and only here so that the permutation can be compared with OpenSSL's.
///
/// - Spec: FIPS 202, sections 3 and 4.
enum Keccak {
    /// Digests `input`; the capacity is twice the digest's length.
    ///
    /// - Parameters:
    ///   - input: anything, also nothing.
    ///   - padding: the first byte of the padding.
    ///   - output: 28, 32, 48 or 64 bytes.
    @unsafe
    static func digest(
        _ input: UnsafeRawBufferPointer, padding: UInt8, into output: UnsafeMutableRawBufferPointer
    ) {
        let rate = 200 - 2 * output.count
        var state = KeccakState()
        var offset = 0
        while input.count - offset >= rate {
            unsafe state.absorb(
                UnsafeRawBufferPointer(rebasing: input[offset..<(offset + rate)]))
            offset += rate
        }
        let restCount = input.count - offset
        unsafe withUnsafeTemporaryAllocation(byteCount: rate, alignment: 8) { last in
            unsafe last.initializeMemory(as: UInt8.self, repeating: 0)
            unsafe last.copyMemory(from: UnsafeRawBufferPointer(rebasing: input[offset...]))
            unsafe last[restCount] = padding
            unsafe last[rate - 1] |= 0x80
            unsafe state.absorb(UnsafeRawBufferPointer(last))
        }
        unsafe state.squeeze(into: output)
    }
}
