package import Buffers
package import IPLD
package import Multiformats

/// What a path leads to. Immutable like both of its ends, and therefore cached.
package struct Resolution: Sendable {
    /// The block at the end of the path, as the last link spells it.
    package let cid: CID
    /// The block that each path segment ends in, the root first (`X-Ipfs-Roots`).
    /// HAMT shards on the way are not listed.
    package let roots: [CID]
    /// Every block on the way in order, shards included, without the one at the end.
    package let crossed: [CID]
    /// What is left of the path inside the block at the end. Not empty only for dag-cbor, dag-json,
    /// cbor and json blocks.
    package let remainder: [Bytes]
    /// What the remainder leads to; nil when there is none.
    package let value: IPLDValue?
}
