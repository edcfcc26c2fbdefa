import Execution
import Multiformats
package import Telemetry

/// Remembers the types that were found in the bytes of files, so that a later range of a file has
/// the type of the whole. Two generations bound it, in bytes.
final class SniffedTypes: Sendable {
    private struct Generations {
        var young: [CID: String] = [:]
        var old: [CID: String] = [:]
        var youngByteCount = 0
        var oldByteCount = 0
    }

    private let generations = Locked(Generations())
    private let byteCountMax: Int

    /// - Parameter byteCountMax: bytes of both generations together.
    init(byteCountMax: Int = Limits.sniffedTypesBytesMax) { self.byteCountMax = byteCountMax }

    /// Bytes in use, with what the tables take.
    var byteCount: Int { generations.withLock { $0.youngByteCount + $0.oldByteCount } }

    subscript(cid: CID) -> String? {
        get { generations.withLock { $0.young[cid] ?? $0.old[cid] } }
        set {
            guard let newValue else { return }
            let cid = cid.compacted()
            let cost = Self.cost(cid, newValue)
            // One that alone would push much else out: an identity CID holds a whole file.
            guard cost <= byteCountMax / 64 else { return }
            generations.withLock { generations in
                if generations.youngByteCount + cost > byteCountMax / 2 {
                    generations.old = generations.young
                    generations.oldByteCount = generations.youngByteCount
                    generations.young = [:]
                    generations.youngByteCount = 0
                }
                if generations.young.updateValue(newValue, forKey: cid) == nil {
                    generations.youngByteCount += cost
                }
            }
        }
    }

    /// Tables grow by doubling: half of their places may be empty.
    private static func cost(_ cid: CID, _ type: String) -> Int {
        2 * (MemoryLayout<CID>.stride + MemoryLayout<String>.stride) + 64
            + cid.multihash.heldByteCount + type.utf8.count
    }
}

extension Gateway {
    /// Adds what the gateway keeps in memory to the account of the node's memory.
    package func addMemory(to registry: MetricRegistry) {
        let types = sniffedTypes
        registry.memory("types", limit: Limits.sniffedTypesBytesMax) { types.byteCount }
    }
}
