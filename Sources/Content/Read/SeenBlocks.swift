import BlockStore
import Multiformats

/// Which blocks a walk has met, in bounded memory.
///
/// The first ones are remembered by multihash. A walk that meets more remembers further blocks as
/// bits in maps indexed by their sequence number in the log, so ten million blocks cost little more
/// than a MiB. Only what has a number of its own is looked up there: an identity CID and a block that
/// is not in the log have none, and are new each time once the multihashes are full. So is a block that
/// is deleted and written again during the walk. What is met twice is sent twice, never left out.
///
/// That does for what is sent. Where blocks are counted or named once (`isExact`) those without a
/// number are remembered by multihash however many there are, as far as the memory of the request goes.
struct SeenBlocks {
    /// What a block was met as. The same bytes have other links under another codec, so they are
    /// seen apart.
    struct Kind: Hashable {
        fileprivate let number: UInt64

        /// Blocks without links: the bytes are all there is to see, whatever the codec.
        static let leaf = Kind(number: .max)

        /// Blocks whose links depend on the codec.
        static func node(_ codec: Multicodec) -> Kind { Kind(number: codec.rawValue) }

        /// Blocks that count apart when their CIDs are spelt differently.
        static func spelling(_ cid: CID) -> Kind {
            // Codecs are varints of 63 bits, so one bit is free for the version.
            Kind(number: cid.codec.rawValue << 1 | (cid.version == .v0 ? 1 : 0))
        }
    }

    /// What tells one block from another.
    struct Key: Hashable {
        fileprivate let kind: Kind
        fileprivate let multihash: Multihash

        fileprivate init(kind: Kind, multihash: Multihash) {
            self.kind = kind
            self.multihash = multihash
        }

        /// A block together with what is below it, however its CID is spelled.
        init(_ cid: CID) {
            self.init(
                kind: DAGWalk.hasLinks(cid) ? .node(cid.codec) : .leaf, multihash: cid.multihash)
        }

        /// What an entry of a set or dictionary takes that has such a key.
        var entryByteCount: Int { Limits.hashedEntryBytes + multihash.digestCount }

        /// The same for tables that keep it.
        func compacted() -> Key { Key(kind: kind, multihash: multihash.compacted()) }
    }

    private let store: BlockStore
    private let keysMax: Int
    private let isExact: Bool
    /// Memory for what is remembered.
    let state: StateShare
    private var keys: Set<Key> = []
    private var keyByteCount = 0
    private var maps: [Kind: SequenceSet] = [:]

    init(
        _ access: ContentAccess, isExact: Bool = false, keysMax: Int = Limits.seenMultihashesMax
    ) {
        store = access.library.store
        state = access.makeStateShare()
        self.keysMax = keysMax
        self.isExact = isExact
    }

    /// Notes a block together with what is below it.
    ///
    /// - Returns: whether it is new.
    /// - Throws: `.storage`, `.tooMuchMemory`, `.overloaded`.
    mutating func insert(_ cid: CID) throws(ContentError) -> Bool {
        try insert(Key(cid))
    }

    /// Notes a block.
    ///
    /// - Returns: whether it is new.
    /// - Throws: `.storage`, `.tooMuchMemory`, `.overloaded`.
    mutating func insert(_ multihash: Multihash, as kind: Kind) throws(ContentError) -> Bool {
        try insert(Key(kind: kind, multihash: multihash))
    }

    private mutating func insert(_ key: Key) throws(ContentError) -> Bool {
        let (kind, multihash) = (key.kind, key.multihash)
        if keys.contains(key) { return false }
        if keys.count < keysMax, keyByteCount < Limits.seenMultihashBytesMax {
            try remember(key)
            return true
        }
        guard multihash.code != .identity, let sequence = try sequence(of: multihash) else {
            if isExact { try remember(key) }
            return true
        }
        let before = maps[kind]?.byteCount ?? 0
        let isNew = maps[kind, default: SequenceSet()].insert(sequence)
        try state.take((maps[kind]?.byteCount ?? 0) - before)
        return isNew
    }

    private mutating func remember(_ key: Key) throws(ContentError) {
        keys.insert(key.compacted())
        let byteCount = key.entryByteCount
        keyByteCount += byteCount
        try state.take(byteCount)
    }

    private func sequence(of multihash: Multihash) throws(ContentError) -> UInt64? {
        do {
            return try store.stat(multihash)?.sequence
        } catch {
            // In quarantine: what that means is for the walk to say, when it comes to the block.
            if error.code == .corrupt { return nil }
            throw ContentError(error)
        }
    }
}
