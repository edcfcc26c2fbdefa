import Execution
import Synchronization

/// A number that only grows: requests, bytes, errors. Cheap from any number of threads: each thread
/// adds to the shard that its identity picks, and reading sums them up.
package final class Counter: Sendable {
    private let shards = InlineArray<8, PaddedAtomic> { _ in PaddedAtomic() }

    /// Starts at zero.
    package init() {}

    /// Adds `amount`.
    package func add(_ amount: Int = 1) {
        precondition(amount >= 0, "a counter only grows")
        shards[ThreadShard.index].value.wrappingAdd(UInt64(amount), ordering: .relaxed)
    }

    /// The sum so far.
    package var value: UInt64 {
        var sum: UInt64 = 0
        for index in shards.indices { sum &+= shards[index].value.load(ordering: .relaxed) }
        return sum
    }
}

/// An atomic number alone on its cache line, so that two processors don't fight over neighbours.
struct PaddedAtomic: ~Copyable, Sendable {
    let value = Atomic<UInt64>(0)
    private let padding: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) =
        (0, 0, 0, 0, 0, 0, 0)
}

/// Picks a shard by the thread that asks.
enum ThreadShard {
    static var index: Int {
        // Identities are addresses of stacks, far apart: mix the higher bits in.
        return Int(truncatingIfNeeded: (Thread.currentIdentity &* 0x9e37_79b9_7f4a_7c15) >> 61)
    }
}
