package import Buffers
import Vault

/// The bytes of a file in a test, made piece by piece.
package enum TestInput: Sendable {
    /// These.
    case bytes(Bytes)
    /// So many zeros.
    case zeros(Int)
    /// ChaCha20 under the SHA-256 of the seed.
    case stream(seed: String, byteCount: Int)
    /// The first `period` bytes of that stream, again and again.
    case repeated(seed: String, period: Int, byteCount: Int)
    /// Go's ChaCha8 under 32 bytes.
    case go(seed: Bytes, byteCount: Int)

    /// The UTF-8 of a text.
    package static func text(_ text: String) -> TestInput { .bytes(Bytes(utf8: text)) }

    /// How many bytes they are.
    package var byteCount: Int {
        switch self {
        case .bytes(let bytes): bytes.count
        case .zeros(let count): count
        case .stream(_, let count), .repeated(_, _, let count), .go(_, let count): count
        }
    }

    /// Hands the bytes out in pieces of at most 1 MiB.
    package func forEachPiece(_ body: (Bytes) throws -> Void) throws {
        let next = try generator()
        var rest = byteCount
        while rest > 0 {
            let piece = next(min(rest, 1 << 20))
            rest -= piece.count
            try body(piece)
        }
    }

    /// All bytes at once.
    package func contents() throws -> Bytes {
        var writer = ByteWriter(capacity: byteCount)
        try forEachPiece { writer.append($0) }
        return writer.finish()
    }

    /// ChaCha20 under the SHA-256 of a seed.
    package static func chacha20(seed: String) throws -> ChaCha20 {
        ChaCha20(key: try HashFunction.sha2_256.digest(of: Bytes(utf8: seed)))
    }

    private func generator() throws -> (Int) -> Bytes {
        switch self {
        case .bytes(let bytes): return cycle(bytes)
        case .zeros: return cycle(Bytes([UInt8](repeating: 0, count: 1 << 16)))
        case .stream(let seed, _):
            var stream = try Self.chacha20(seed: seed)
            return { stream.next($0) }
        case .repeated(let seed, let period, _):
            var stream = try Self.chacha20(seed: seed)
            return cycle(stream.next(period))
        case .go(let seed, _):
            var stream = ChaCha8(seed: seed)
            return { stream.next($0) }
        }
    }

    private func cycle(_ bytes: Bytes) -> (Int) -> Bytes {
        var rest = bytes
        return { count in
            if rest.isEmpty { rest = bytes }
            let piece = rest.prefix(count)
            rest = rest.dropFirst(piece.count)
            return piece
        }
    }
}
