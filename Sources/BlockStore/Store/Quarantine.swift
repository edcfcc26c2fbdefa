import Execution
import Multiformats
import Synchronization

/// The blocks that failed a check and are not served: what is in table `z`.
///
/// Keeps their multihashes in memory up to a limit, which is a disk in ruins; beyond it the table
/// has to be asked.
final class Quarantine: Sendable {
    /// What is known without a look at the disk.
    enum Answer: Sendable {
        case yes, no
        /// More are quarantined than are in memory.
        case askDisk
    }

    struct Contents: Sendable {
        var multihashes: Set<Multihash> = []
        /// Those that are in the table only.
        var onDiskOnlyCount = 0
        var byteCount = 0

        var count: Int { multihashes.count + onDiskOnlyCount }

        func contains(_ multihash: Multihash) -> Answer {
            if multihashes.contains(multihash) { return .yes }
            return onDiskOnlyCount > 0 ? .askDisk : .no
        }

        /// - Returns: false for one that is in memory already.
        mutating func insert(_ multihash: Multihash) -> Bool {
            guard !multihashes.contains(multihash) else { return false }
            let cost = Self.cost(of: multihash)
            guard byteCount + cost <= Limits.quarantineBytesMax else {
                onDiskOnlyCount += 1
                return true
            }
            multihashes.insert(multihash.compacted())
            byteCount += cost
            return true
        }

        mutating func remove(_ multihash: Multihash) {
            if multihashes.remove(multihash) != nil {
                byteCount -= Self.cost(of: multihash)
            } else {
                onDiskOnlyCount = max(0, onDiskOnlyCount - 1)
            }
        }

        /// The same whatever the digest is a slice of.
        private static func cost(of multihash: Multihash) -> Int {
            let digest = multihash.words == nil ? multihash.digestCount + MemoryCost.region : 0
            return digest + MemoryCost.entry(Multihash.self, Void.self)
        }
    }

    private let contents: Locked<Contents>
    /// So that the usual case, none at all, costs a read no lock.
    private let storedCount: Atomic<Int>

    init(_ contents: Contents) {
        storedCount = Atomic(contents.count)
        self.contents = Locked(contents)
    }

    /// How many blocks there are, and what they take in memory.
    var count: Int { storedCount.load(ordering: .relaxed) }
    var byteCount: Int { contents.withLock { $0.byteCount } }

    func contains(_ multihash: Multihash) -> Answer {
        guard count > 0 else { return .no }
        return contents.withLock { $0.contains(multihash) }
    }

    /// Notes a block that is not quarantined yet; its record is written by the caller.
    ///
    /// - Returns: whether nobody else noted it meanwhile.
    func insert(_ multihash: Multihash) -> Bool {
        change { $0.insert(multihash) }
    }

    /// Lets a block go that was quarantined; its record is deleted by the caller.
    func remove(_ multihash: Multihash) {
        change { $0.remove(multihash) }
    }

    private func change<Result>(_ body: (inout Contents) -> Result) -> Result {
        let (result, count) = contents.withLock { contents in
            let result = body(&contents)
            return (result, contents.count)
        }
        storedCount.store(count, ordering: .relaxed)
        return result
    }
}
