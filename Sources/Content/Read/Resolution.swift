package import Buffers
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
    /// Where in the block the value stands that the remainder leads to; nil when there is none. The
    /// value itself is decoded only by who needs it.
    package let valueRange: Range<Int>?

    /// A path that is nothing but its root.
    init(root: CID) {
        self.init(cid: root, roots: [root], crossed: [], remainder: [], valueRange: nil)
    }

    init(
        cid: CID, roots: [CID], crossed: [CID], remainder: [Bytes], valueRange: Range<Int>?
    ) {
        self.cid = cid
        self.roots = roots
        self.crossed = crossed
        self.remainder = remainder
        self.valueRange = valueRange
    }

    /// What the path leads to, without the blocks on the way, which take memory.
    package var withoutWay: Resolution {
        Resolution(
            cid: cid, roots: [], crossed: [], remainder: remainder, valueRange: valueRange)
    }

    /// Memory that it takes, roughly.
    var byteCount: Int {
        let cids = roots.count + crossed.count + 1
        return MemoryLayout<Resolution>.stride + cids * MemoryLayout<CID>.stride
            + remainder.reduce(0) { $0 + $1.count + Limits.hashedEntryBytes }
            + (roots + crossed).reduce(cid.outsideByteCount) { $0 + $1.outsideByteCount }
    }
}
