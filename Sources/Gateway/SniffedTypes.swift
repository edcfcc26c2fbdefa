import Execution
import Multiformats

/// Remembers the types that were found in the bytes of files, so that a later range of a file has
/// the type of the whole. Two generations bound it.
final class SniffedTypes: Sendable {
    private struct Generations {
        var young: [CID: String] = [:]
        var old: [CID: String] = [:]
    }

    private let generations = Locked(Generations())

    subscript(cid: CID) -> String? {
        get { generations.withLock { $0.young[cid] ?? $0.old[cid] } }
        set {
            generations.withLock { generations in
                if generations.young.count >= Limits.sniffedTypesMax / 2 {
                    generations.old = generations.young
                    generations.young = [:]
                }
                generations.young[cid] = newValue
            }
        }
    }
}
