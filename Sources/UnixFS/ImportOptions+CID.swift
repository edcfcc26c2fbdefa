package import Buffers
package import Multiformats

extension ImportOptions {
    /// Whether a block of so many bytes becomes an identity CID instead of being stored.
    ///
    /// - Spec: Kubo RPC API, `add`: `inline` and `inline-limit`.
    package func inlines(byteCount: Int) -> Bool {
        inlineLimit.map { byteCount <= $0 } ?? false
    }

    /// The CID of a block that has been hashed.
    ///
    /// - Parameters:
    ///   - codec: raw or dag-pb.
    ///   - multihash: the block's digest with `hash`.
    /// - Returns: version 0 where these options and the codec allow it.
    package func cid(codec: Multicodec, multihash: Multihash) -> CID {
        guard cidVersion == .v0, codec == .dagPB, multihash.code == .sha2_256 else {
            return .v1(codec, multihash)
        }
        return .v0(multihash)
    }

    /// The CID of a block, inlined or hashed.
    ///
    /// - Parameters:
    ///   - block: the bytes.
    ///   - codec: raw or dag-pb.
    ///   - digest: hashes the bytes with `hash`; not called for a block that is inlined.
    /// - Returns: the CID; where `isIdentity` is true there is nothing to store.
    /// - Throws: what `digest` throws.
    package func cid(
        of block: Bytes, codec: Multicodec, digest: (Bytes) throws -> Multihash
    ) rethrows -> CID {
        if inlines(byteCount: block.count) {
            return .v1(codec, Multihash(code: .identity, digest: block))
        }
        return cid(codec: codec, multihash: try digest(block))
    }
}
