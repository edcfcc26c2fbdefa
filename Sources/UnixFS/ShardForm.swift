import Buffers
import IPLD
package import Multiformats

/// What the links of a shard mean: all that has to be known of one that was checked before to go on
/// in it.
package struct ShardForm: Sendable {
    /// What a link of a shard leads to.
    package enum Slot: Sendable {
        case entry(DirectoryEntry)
        case shard(CID)
    }

    /// The bits of a name's hash that choose a bucket.
    let bitsPerLevel: Int
    /// Bytes in front of each name, which say the bucket.
    let digitCount: Int

    init(fanout: Int) {
        bitsPerLevel = fanout.trailingZeroBitCount
        digitCount = Shard.digitCount(fanout: fanout)
    }

    /// What a link leads to.
    func slot(of link: DagPBLink) -> Slot {
        let name = (link.nameBytes ?? .empty).dropFirst(digitCount)
        guard !name.isEmpty else { return .shard(link.cid) }
        return .entry(DirectoryEntry(name: name, cid: link.cid, tsize: link.tsize))
    }
}
