import Execution
import Multiformats
import Synchronization

/// The blocks that the disk did not give at the last try, though nothing says that they are damaged: they
/// are read again whenever somebody asks for them, and written anew when somebody stores them again.
///
/// In memory only, and no more than `Limits.unreadableBlocksMax`: of further ones it is not known that they
/// are to be written anew.
final class UnreadableBlocks: Sendable {
    private let multihashes = Locked<Set<Multihash>>([])
    /// So that the usual case, none at all, costs no lock.
    private let storedCount = Atomic(0)

    /// How many there are.
    var count: Int { storedCount.load(ordering: .relaxed) }

    func contains(_ multihash: Multihash) -> Bool {
        count > 0 && multihashes.withLock { $0.contains(multihash) }
    }

    /// Notes a block.
    ///
    /// - Returns: whether it was not known before.
    func insert(_ multihash: Multihash) -> Bool {
        multihashes.withLock { multihashes in
            guard multihashes.count < Limits.unreadableBlocksMax else { return false }
            defer { storedCount.store(multihashes.count, ordering: .relaxed) }
            return multihashes.insert(multihash.compacted()).inserted
        }
    }

    /// A block has been written anew.
    func remove(_ multihash: Multihash) {
        guard count > 0 else { return }
        multihashes.withLock { multihashes in
            multihashes.remove(multihash)
            storedCount.store(multihashes.count, ordering: .relaxed)
        }
    }
}
