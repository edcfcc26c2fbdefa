import Buffers
import Execution
import Multiformats

/// Remembers where paths lead. Two generations: when the young one is full it becomes the old one,
/// and what is asked for again moves over. So the paths in use stay, at the cost of a dictionary.
final class ResolutionCache: Sendable {
    struct Key: Hashable, Sendable {
        let root: CID
        let segments: [Bytes]
    }

    private struct Generations {
        var young: [Key: Resolution] = [:]
        var old: [Key: Resolution] = [:]
    }

    private let generations = Locked(Generations())
    private let youngCountMax: Int

    init(countMax: Int) { youngCountMax = max(1, countMax / 2) }

    func resolution(of key: Key) -> Resolution? {
        generations.withLock { generations in
            if let hit = generations.young[key] { return hit }
            guard let hit = generations.old[key] else { return nil }
            insert(hit, for: key, into: &generations)
            return hit
        }
    }

    func remember(_ resolution: Resolution, for key: Key) {
        generations.withLock { insert(resolution, for: key, into: &$0) }
    }

    private func insert(
        _ resolution: Resolution, for key: Key, into generations: inout Generations
    ) {
        if generations.young.count >= youngCountMax {
            generations.old = generations.young
            generations.young.removeAll(keepingCapacity: true)
        }
        generations.young[key] = resolution
    }
}
