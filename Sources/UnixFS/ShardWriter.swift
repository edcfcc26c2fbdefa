import Buffers
import IPLD
import Multiformats

/// Writes the shards of one HAMT directory from entries that are ordered by hash.
///
/// Bits are taken from the most significant end, so that order is the order of the buckets on
/// every level, and each shard is a run of it.
///
/// - Spec: UnixFS, "HAMT Structure and Parameters"; the bitmap is Kubo's (`Bitmap`).
struct ShardWriter {
    /// What stands in a bucket, until the shard is encoded. Not the link: that has its name in it, and
    /// shards wait for those below them.
    private struct Slot {
        enum Content {
            case entry(position: UInt64)
            case shard(Child)
        }

        let bucket: Int
        let content: Content
    }

    private let fanout: Int
    private let bitsPerLevel: Int
    private let digitCount: Int
    private let entries: EntryTable
    private let metadata: UnixFSMetadata

    init(fanout: Int, entries: EntryTable, metadata: UnixFSMetadata) {
        precondition(Limits.allows(fanout: fanout), "the fan-out was not checked")
        self.fanout = fanout
        self.entries = entries
        self.metadata = metadata
        bitsPerLevel = fanout.trailingZeroBitCount
        digitCount = Shard.digitCount(fanout: fanout)
    }

    func write(_ order: EntryOrder, seal: (Bytes, Multicodec) throws -> CID) throws -> Child {
        try shard(order.keys[...], usedBits: 0, seal: seal)
    }

    private func shard(
        _ keys: ArraySlice<EntryOrder.Key>, usedBits: Int, seal: (Bytes, Multicodec) throws -> CID
    ) throws -> Child {
        guard usedBits + bitsPerLevel <= Limits.hashBitCount else { throw UnixFSError.shardTooDeep }
        var bitmap = Bitmap(bitCount: fanout)
        var slots: [Slot] = []
        var rest = keys
        while let first = rest.first {
            let bucket = bucket(of: first, usedBits: usedBits)
            let run = rest.prefix { self.bucket(of: $0, usedBits: usedBits) == bucket }
            rest = rest.dropFirst(run.count)
            bitmap.set(bucket)
            let content = try content(of: run, usedBits: usedBits, seal: seal)
            slots.append(Slot(bucket: bucket, content: content))
        }
        var message = UnixFSData(type: .shard)
        message.data = bitmap.encode()
        message.hashType = Shard.hashType
        message.fanout = UInt64(fanout)
        if usedBits == 0 { message.metadata = metadata }
        return try DirectoryBuilder.seal(slots.lazy.map(link(of:)), message, with: seal)
    }

    /// An entry, or a child shard where several names fall into the bucket.
    private func content(
        of run: ArraySlice<EntryOrder.Key>, usedBits: Int,
        seal: (Bytes, Multicodec) throws -> CID
    ) throws -> Slot.Content {
        if run.count == 1, let only = run.first { return .entry(position: only.position) }
        return .shard(try shard(run, usedBits: usedBits + bitsPerLevel, seal: seal))
    }

    private func link(of slot: Slot) -> DagPBLink {
        let digits = Bytes(utf8: Shard.digits(of: slot.bucket, count: digitCount))
        switch slot.content {
        case .entry(let position): return entries.link(at: position, prefix: digits)
        case .shard(let child):
            return DagPBLink(cid: child.cid, nameBytes: digits, tsize: child.tsize)
        }
    }

    private func bucket(of key: EntryOrder.Key, usedBits: Int) -> Int {
        Shard.bucket(of: key.value, usedBits: usedBits, bitsPerLevel: bitsPerLevel)
    }
}
