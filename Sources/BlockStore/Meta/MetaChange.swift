import Buffers
import Multiformats

/// One change to `meta/`. Those of one call are written together or not at all.
enum MetaChange: Sendable {
    case put(Key, Bytes)
    case delete(Key)
    /// Takes a block out of the index and out of the counters.
    case forget(Multihash, IndexEntry)

    /// What is written or deleted by itself.
    var key: Key? {
        switch self {
        case .put(let key, _), .delete(let key): key
        case .forget: nil
        }
    }
}
