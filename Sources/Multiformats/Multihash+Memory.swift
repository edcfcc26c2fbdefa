import Buffers

extension Multihash {
    /// Bytes of memory outside of the value itself that it keeps from being freed; 0 for digests of
    /// 32 bytes.
    package var heldByteCount: Int { words == nil ? digest.heldByteCount : 0 }

    /// The same multihash with a digest that is no slice of something larger, for tables that keep
    /// it: the CID of a link shares the memory of its block.
    package func compacted() -> Multihash {
        words == nil ? Multihash(code: code, digest: digest.compacted()) : self
    }
}

extension CID {
    /// The same CID with a digest that is no slice of something larger, for tables that keep it.
    package func compacted() -> CID {
        CID(version: version, codec: codec, multihash: multihash.compacted())
    }

    /// The same CID without hold of the block that it was read from, for the time in which its own
    /// block is waited for. An identity CID is left as it is: it has its content in it.
    package func detached() -> CID { isIdentity ? self : compacted() }
}
