package import Buffers

/// The key stream of ChaCha20 with block counter 0 and a nonce of zeros: reproducible test data.
///
/// The same as `openssl enc -chacha20` over zero bytes. Not for secrets. Written with wrapping
/// operators on local variables, so that debug builds make data fast enough too.
///
/// - Spec: RFC 8439.
package struct ChaCha20 {
    private let key: [UInt32]
    private var counter: UInt64 = 0

    /// A stream at its start.
    ///
    /// - Parameter key: 32 bytes.
    package init(key: Bytes) {
        precondition(key.count == 32, "a ChaCha20 key has 32 bytes")
        var reader = ByteReader(key)
        self.key = (0..<8).map { _ in (try? reader.readLittleEndian()) ?? 0 }
    }

    /// The next bytes of the stream.
    ///
    /// - Parameter count: how many; only the last call may ask for no multiple of 64.
    /// - Returns: the bytes.
    package mutating func next(_ count: Int) -> Bytes {
        var words: [UInt32] = []
        words.reserveCapacity((count + 63) / 64 * 16)
        for _ in 0..<(count + 63) / 64 {
            ChaChaBlock.append(
                to: &words, key: key, rounds: 10, counter: counter, addsInput: true)
            counter += 1
        }
        return Bytes(copying: unsafe words.span.bytes).prefix(count)
    }
}
