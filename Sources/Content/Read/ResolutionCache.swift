import Buffers
import Execution
import Multiformats

/// Remembers where paths lead. Two generations: when the young one is full it becomes the old one,
/// and what is asked for again moves over. So the paths in use stay, at the cost of a dictionary.
final class ResolutionCache: Sendable {
    struct Key: Hashable, Sendable {
        let root: CID
        let segments: [Bytes]

        var byteCount: Int {
            MemoryLayout<Key>.stride + root.outsideByteCount
                + segments.reduce(0) { $0 + $1.count + Limits.hashedEntryBytes }
        }
    }

    private struct Generation {
        var entries: [Key: Resolution] = [:]
        var byteCount = 0
    }

    private struct Generations {
        var young = Generation()
        var old = Generation()
    }

    private let generations = Locked(Generations())
    private let youngBytesMax: Int

    /// - Parameter bytesMax: of keys and values together.
    init(bytesMax: Int) { youngBytesMax = bytesMax / 2 }

    /// Bytes of keys and values.
    var byteCount: Int { generations.withLock { $0.young.byteCount + $0.old.byteCount } }

    func resolution(of key: Key) -> Resolution? {
        generations.withLock { generations in
            if let hit = generations.young.entries[key] { return hit }
            guard let hit = generations.old.entries[key] else { return nil }
            insert(hit, for: key, into: &generations)
            return hit
        }
    }

    /// Keeps a result in memory of its own: a name or a CID that was cut out of a block or a request
    /// would keep all of it. One that is larger than a hundredth of the cache is not kept.
    func remember(_ resolution: Resolution, for key: Key) {
        guard key.byteCount + resolution.byteCount <= youngBytesMax / 50 else { return }
        let key = Key(root: key.root.compacted(), segments: key.segments.map { $0.compacted() })
        let owned = Resolution(
            cid: resolution.cid.compacted(), roots: resolution.roots.map { $0.compacted() },
            crossed: resolution.crossed.map { $0.compacted() },
            remainder: resolution.remainder.map { $0.compacted() },
            valueRange: resolution.valueRange)
        generations.withLock { insert(owned, for: key, into: &$0) }
    }

    private func insert(
        _ resolution: Resolution, for key: Key, into generations: inout Generations
    ) {
        let byteCount = key.byteCount + resolution.byteCount
        if generations.young.byteCount + byteCount > youngBytesMax {
            generations.old = generations.young
            generations.young = Generation()
        }
        guard generations.young.entries.updateValue(resolution, forKey: key) == nil else { return }
        generations.young.byteCount += byteCount
    }
}
