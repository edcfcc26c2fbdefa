package import Buffers
import Execution
package import Multiformats
import Telemetry

/// Keeps hot blocks in memory, ready for a socket.
///
/// Split into shards with a lock each, so that many threads meet rarely; see `CacheShard` for what
/// stays and what goes. Holds only what was read from the log: what is being added passes by.
package final class BlockCache: Sendable {
    private let byteCountMax: Int
    private let shards: [Locked<CacheShard>]
    private let hashSeed: UInt64
    private let hits = Counter()
    private let misses = Counter()

    /// Starts empty.
    ///
    /// - Parameters:
    ///   - byteCount: the most that it holds; 0 turns it off.
    ///   - hashSeed: decides which blocks share counters of the sketch. A secret, unless a test wants
    ///     to know what happens.
    package init(byteCount: Int, hashSeed: UInt64 = .random(in: .min ... .max)) {
        self.hashSeed = hashSeed
        byteCountMax = byteCount
        let count = byteCount >= 32 << 20 ? 8 : 1
        shards = (0..<count).map { _ in Locked(CacheShard(capacity: byteCount / count)) }
    }

    /// Looks a block up, and counts the request.
    ///
    /// - Parameter multihash: of the block.
    /// - Returns: the block, or a ticket to offer it with once it has been read.
    package func get(_ multihash: Multihash) -> Result {
        let key = CacheKey(multihash, seed: hashSeed)
        var version = 0
        let bytes = shard(key).withLock { shard in
            version = shard.version
            return shard.get(key)
        }
        guard let bytes else {
            misses.add()
            return .miss(Ticket(key: key, version: version))
        }
        hits.add()
        return .hit(bytes)
    }

    /// The size of a block, without counting a request; nil if it is not held.
    package func byteCount(of multihash: Multihash) -> Int? {
        let key = CacheKey(multihash, seed: hashSeed)
        return shard(key).withLock { $0.byteCount(of: key) }
    }

    /// Offers a block that was read after a miss; it is dropped if the block was removed since.
    package func insert(_ bytes: Bytes, _ ticket: Ticket) {
        shard(ticket.key).withLock { $0.insert(ticket.key, bytes, ifVersion: ticket.version) }
    }

    /// Forgets a block, and refuses it to those who are reading it now.
    package func remove(_ multihash: Multihash) {
        let key = CacheKey(multihash, seed: hashSeed)
        shard(key).withLock { $0.remove(key) }
    }

    /// Has the coldest blocks leave at once, and keeps to less from then on, or to all that it may hold
    /// again.
    ///
    /// - Parameter isSmall: whether it is to hold a quarter.
    package func keepSmall(_ isSmall: Bool) {
        let byteCount = isSmall ? byteCountMax / 4 : byteCountMax
        for shard in shards { shard.withLock { $0.limit(to: byteCount / shards.count) } }
    }

    /// Bytes in use, with what tables and lists take.
    package var byteCount: Int { shards.reduce(0) { $0 + $1.withLock { $0.byteCount } } }

    /// Bytes in use with the counters of requests, which stand beside what the cache may hold.
    package var memoryByteCount: Int {
        shards.reduce(0) { $0 + $1.withLock { $0.byteCount + $0.sketchByteCount } }
    }

    /// The most that `memoryByteCount` can be.
    package var memoryByteCountMax: Int {
        shards.reduce(byteCountMax) { $0 + $1.withLock { $0.sketchByteCountMax } }
    }

    /// Blocks held.
    package var count: Int { shards.reduce(0) { $0 + $1.withLock { $0.count } } }

    /// Requests that found their block, and requests that did not.
    package var requests: (hits: UInt64, misses: UInt64) { (hits.value, misses.value) }

    private func shard(_ key: CacheKey) -> Locked<CacheShard> {
        shards[Int(truncatingIfNeeded: key.hash >> 56) & (shards.count - 1)]
    }

    /// What a look-up gives.
    package enum Result: Sendable {
        case hit(Bytes)
        case miss(Ticket)
    }

    /// Remembers when a read began.
    package struct Ticket: Sendable {
        let key: CacheKey
        let version: Int
    }
}
