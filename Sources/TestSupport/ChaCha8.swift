package import Buffers

/// The stream of Go's `math/rand/v2` ChaCha8 generator: what its `Read` gives.
///
/// - Spec: C2SP chacha8rand.
package struct ChaCha8 {
    /// Bytes of one batch that are given out; the rest is the next key.
    private static let outputByteCount = 992

    private var key: Bytes
    private var batch = Bytes.empty

    /// A stream at its start.
    ///
    /// - Parameter seed: 32 bytes.
    package init(seed: Bytes) {
        precondition(seed.count == 32, "a ChaCha8 seed has 32 bytes")
        key = seed
    }

    /// The next bytes of the stream.
    ///
    /// - Parameter count: how many.
    /// - Returns: the bytes.
    package mutating func next(_ count: Int) -> Bytes {
        var writer = ByteWriter(capacity: count)
        while writer.count < count {
            if batch.isEmpty { refill() }
            let piece = batch.prefix(count - writer.count)
            writer.append(piece)
            batch = batch.dropFirst(piece.count)
        }
        return writer.finish()
    }

    /// Makes 16 blocks, four at a time interleaved word by word.
    private mutating func refill() {
        var reader = ByteReader(key)
        let words: [UInt32] = (0..<8).map { _ in (try? reader.readLittleEndian()) ?? 0 }
        var output: [UInt32] = []
        output.reserveCapacity(256)
        for group in 0..<4 {
            var blocks: [UInt32] = []
            for member in 0..<4 {
                ChaChaBlock.append(
                    to: &blocks, key: words, rounds: 4, counter: UInt64(group * 4 + member),
                    addsInput: false)
            }
            var word = 0
            while word < 16 {
                output.append(blocks[word])
                output.append(blocks[16 &+ word])
                output.append(blocks[32 &+ word])
                output.append(blocks[48 &+ word])
                word &+= 1
            }
        }
        let bytes = Bytes(copying: unsafe output.span.bytes)
        batch = bytes.prefix(Self.outputByteCount)
        key = bytes.dropFirst(Self.outputByteCount)
    }
}
