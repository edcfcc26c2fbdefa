package import Buffers

/// A digest together with the hash function that made it; the key of a stored block.
///
/// Digests of 32 bytes, nearly all there are, stand in the value itself: no allocation, and
/// hashing and comparing are a few machine words.
///
/// - Invariant: 32-byte digests are always `.words`, so equal digests have equal storage.
package struct Multihash: Hashable, Sendable {
    private enum Digest: Hashable, Sendable {
        /// Big-endian words of 32 bytes.
        case words(UInt64, UInt64, UInt64, UInt64)
        case bytes(Bytes)
    }

    package let code: MultihashCode
    private let storage: Digest

    /// Joins a hash function and its digest, whose length is not checked here.
    package init(code: MultihashCode, digest: Bytes) {
        self.code = code
        storage = Self.store(digest)
    }

    /// Joins a hash function and a 32-byte digest given as four big-endian words.
    ///
    /// - Parameters:
    ///   - code: the hash function.
    ///   - inline32: the digest, first bytes in the first word.
    @inline(__always)
    package init(code: MultihashCode, inline32: (UInt64, UInt64, UInt64, UInt64)) {
        self.code = code
        storage = .words(inline32.0, inline32.1, inline32.2, inline32.3)
    }

    /// The four big-endian words of a 32-byte digest; nil for other lengths.
    @inline(__always)
    package var words: (UInt64, UInt64, UInt64, UInt64)? {
        guard case .words(let a, let b, let c, let d) = storage else { return nil }
        return (a, b, c, d)
    }

    /// How many bytes the digest has.
    package var digestCount: Int {
        switch storage {
        case .words: 32
        case .bytes(let bytes): bytes.count
        }
    }

    /// The digest alone.
    ///
    /// - Complexity: allocates for 32-byte digests; `words` does not.
    package var digest: Bytes {
        switch storage {
        case .bytes(let bytes): return bytes
        case .words:
            var writer = ByteWriter(capacity: 32)
            writeDigest(to: &writer)
            return writer.finish()
        }
    }

    /// Appends the digest alone.
    package func writeDigest(to writer: inout ByteWriter) {
        switch storage {
        case .bytes(let bytes): writer.append(bytes)
        case .words(let a, let b, let c, let d):
            writer.appendBigEndian(a)
            writer.appendBigEndian(b)
            writer.appendBigEndian(c)
            writer.appendBigEndian(d)
        }
    }

    private static func store(_ digest: Bytes) -> Digest {
        guard digest.count == 32 else { return .bytes(digest) }
        return .words(
            digest.bigEndianWord(at: 0), digest.bigEndianWord(at: 8),
            digest.bigEndianWord(at: 16), digest.bigEndianWord(at: 24))
    }

    package static func == (left: Multihash, right: Multihash) -> Bool {
        guard left.code == right.code else { return false }
        switch (left.storage, right.storage) {
        case (.words(let a, let b, let c, let d), .words(let e, let f, let g, let h)):
            return (a ^ e) | (b ^ f) | (c ^ g) | (d ^ h) == 0
        case (.bytes(let a), .bytes(let b)): return a == b
        default: return false
        }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(code.rawValue)
        switch storage {
        case .words(let a, let b, let c, let d):
            hasher.combine(a)
            hasher.combine(b)
            hasher.combine(c)
            hasher.combine(d)
        case .bytes(let bytes): hasher.combine(bytes)
        }
    }
}
