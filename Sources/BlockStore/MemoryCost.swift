import Buffers
import Multiformats

/// What entries of tables and lists take, in bytes. Estimates, rather too high: tables grow by
/// doubling, so half of their places may be empty.
enum MemoryCost {
    /// What a region of memory takes around its bytes: the object that owns it, and malloc's heads.
    static let region = 96

    /// What a digest takes outside of the multihash.
    static func digest(of multihash: Multihash) -> Int {
        let held = multihash.heldByteCount
        return held == 0 ? 0 : held + region
    }

    /// One entry of a dictionary.
    static func entry<Key, Value>(_ key: Key.Type, _ value: Value.Type) -> Int {
        2 * (MemoryLayout<Key>.stride + MemoryLayout<Value>.stride) + 2
    }

    /// One element of an array.
    static func element<Element>(_ type: Element.Type) -> Int { 2 * MemoryLayout<Element>.stride }

    /// One entry of a database that was read.
    static func entry(_ key: Key, _ value: Bytes) -> Int {
        key.bytes.count + value.heldByteCount + 2 * region
            + element((key: Key, value: Bytes).self)
    }

    /// A change of `meta/` that waits for the lane.
    static func change(_ change: MetaChange) -> Int {
        let around = element(MetaChange.self)
        switch change {
        case .put(let key, let value): return around + entry(key, value)
        case .delete(let key): return around + key.bytes.count + region
        case .forget(let multihash, _): return around + digest(of: multihash)
        }
    }

    /// A version of a row that `meta/` does not have: on its way to the log it is in the queue, too.
    static func row(_ key: Key, _ record: Bytes?) -> Int {
        2 * region + key.bytes.count + (record?.heldByteCount ?? 0)
            + entry(Key.self, RowVersion.self) + entry(Key.self, UInt64.self)
            + element((key: Key, version: RowVersion).self) + element(LogQueue.Item.self)
    }

    /// A block that waits for the lane.
    ///
    /// A block that is a small part of what it arrived in is charged with all of that.
    static func queued(_ block: VerifiedBlock) -> Int {
        let held = block.bytes.heldByteCount
        let bytes = held > 4 * block.bytes.count ? held : block.bytes.count
        return bytes + region + element(LogQueue.Item.self)
    }

    /// An entry of the index that is in memory only.
    static func tableEntry(_ multihash: Multihash) -> Int { tableEntryMin + digest(of: multihash) }

    /// The most that such an entry takes.
    static let tableEntryMax = tableEntryMin + region + Limits.digestBytesMax + 64

    private static let tableEntryMin =
        entry(Multihash.self, LogTable.Entry.self)
        + element((sequence: UInt64, multihash: Multihash).self)
}
