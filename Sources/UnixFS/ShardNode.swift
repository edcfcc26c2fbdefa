import Buffers
import IPLD
package import Multiformats

/// One block of a HAMT directory.
package struct ShardNode: Sendable {
    /// The shard's block.
    package let cid: CID

    /// How many buckets there are.
    package let fanout: Int

    /// Mode and time; meaningful in the root shard only.
    package let metadata: UnixFSMetadata

    /// The links in bucket order.
    let links: DagPBLinkCursor
    /// How the names of the links are made.
    let form: ShardForm
    private let bitmap: Bitmap

    /// - Throws: `.malformed` for a fan-out that is no power of two from 8 to 1024, an unknown
    ///   hash, a bitmap wider than the fan-out or with another count of bits than there are links,
    ///   and for links whose names are too short to begin with a bucket.
    init(cid: CID, _ node: DagPBView, _ message: UnixFSDataView) throws(UnixFSError) {
        guard let claimed = message.fanout, let fanout = Int(exactly: claimed),
            Limits.allows(fanout: fanout)
        else {
            throw UnixFSError(
                .malformed,
                "HAMT fanout must be a power of 2, between 8 and 1024 (got \(message.fanout ?? 0))"
            )
        }
        guard message.hashType == Shard.hashType else {
            throw UnixFSError(
                .malformed, "only murmur3 64 is supported as a HAMT's hash function")
        }
        guard let bitmap = Bitmap(decoding: message.data ?? .empty, bitCount: fanout) else {
            throw UnixFSError(.malformed, "a HAMT's bitmap is wider than its fan-out")
        }
        guard bitmap.count == node.linkCount else {
            throw UnixFSError(
                .malformed, "a HAMT's bitmap has \(bitmap.count) bits for \(node.linkCount) links"
            )
        }
        form = ShardForm(fanout: fanout)
        links = node.links()
        var rest = links
        while let link = rest.next() {
            guard link.nameBytes?.count ?? 0 >= form.digitCount else {
                throw UnixFSError(.malformed, "a HAMT's link has no bucket in its name")
            }
        }
        (self.cid, self.fanout, self.bitmap) = (cid, fanout, bitmap)
        metadata = message.metadata
    }

    /// What the bucket holds; nil if it is unused.
    func slot(inBucket bucket: Int) -> ShardForm.Slot? {
        guard bitmap.contains(bucket) else { return nil }
        var rest = links
        for _ in 0..<bitmap.rank(of: bucket) { _ = rest.next() }
        return rest.next().map(form.slot(of:))
    }

    /// Reads a shard below another one.
    ///
    /// - Throws: `.tooDeep` where the hash of a name has no bits left for it.
    static func read(_ block: Block, usedBits: Int) throws(UnixFSError) -> ShardNode {
        guard case .shard(let node) = try UnixFSNode.read(block) else {
            throw UnixFSError(.malformed, "block \(block.cid), a part of a HAMT, is not a shard")
        }
        guard usedBits + node.form.bitsPerLevel <= Limits.hashBitCount else {
            throw UnixFSError.shardTooDeep
        }
        return node
    }
}
