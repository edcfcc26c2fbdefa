import Execution
import Multiformats

/// Blocks that are on their way out of the store, from their announcement on until it is known whether
/// the index has them.
///
/// Whoever asked for it may have given up by then. So the lane of `meta/` ends it once it has taken the
/// changes over: what is no longer announced is stored and pinned again, and a change that came behind that
/// would take it away.
struct BlockDeletion: Sendable {
    /// A block that the index has.
    struct Found: Sendable {
        let multihash: Multihash
        let entry: IndexEntry
        let wasQuarantined: Bool
    }

    let announcement: LogDeletions.Announcement
    /// Those of its blocks that are taken out of the index.
    var found: [Found] = []
    private let log: LogLane
    private let cache: BlockCache
    private let quarantine: Quarantine
    private let unreadable: UnreadableBlocks

    /// Not the store itself: its last reference must not go with a thread that its end waits for.
    init(_ announcement: LogDeletions.Announcement, of store: BlockStore) {
        self.announcement = announcement
        log = store.log
        cache = store.cache
        quarantine = store.quarantine
        unreadable = store.unreadable
    }

    /// What the index is told.
    var changes: [MetaChange] { found.map { .forget($0.multihash, $0.entry) } }

    /// What the index says in the end.
    enum Fate {
        /// It no longer has what was found.
        case gone
        /// Nothing was written.
        case kept
        /// Either: `meta/` was opened again since, and counts anew.
        case recounted
    }

    /// Ends it: the blocks can be stored and deleted again.
    func end(_ fate: Fate) {
        if fate != .kept {
            // Also a reader who asked the index before it was opened again leaves none of them there.
            for multihash in announcement.multihashes { cache.remove(multihash) }
        }
        let removed = fate == .gone ? found : []
        for block in removed {
            if block.wasQuarantined { quarantine.remove(block.multihash) }
            unreadable.remove(block.multihash)
        }
        let generation = log.state.notify { state in
            state.endDeleting(announcement, removed: removed.map(\.entry))
            return state.generation
        }
        log.announce(generation)
    }
}
