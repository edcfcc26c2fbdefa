import Buffers
import Multiformats

/// All leaves at one depth; each level is filled from the left.
///
/// - Spec: boxo, `ipld/unixfs/importer/balanced`.
struct BalancedLayout {
    private let linkCountMax: Int
    /// The unfinished node of each level, the parents of leaves first.
    private var levels: [FileNodeBuilder] = []
    /// The first leaf: the whole file until a second one comes.
    private var onlyLeaf: Child?

    init(linkCountMax: Int) { self.linkCountMax = linkCountMax }

    /// The memory that children of unfinished nodes take.
    var heldByteCount: Int { levels.reduce(0) { $0 + $1.heldByteCount } }

    mutating func append(_ leaf: Child, seal: (Bytes, Multicodec) throws -> CID) throws {
        if levels.isEmpty {
            guard let first = onlyLeaf else {
                onlyLeaf = leaf
                return
            }
            onlyLeaf = nil
            try append(first, toLevel: 0, seal: seal)
        }
        try append(leaf, toLevel: 0, seal: seal)
    }

    /// Adds a child; a full node is sealed first and goes one level up.
    private mutating func append(
        _ child: Child, toLevel level: Int, seal: (Bytes, Multicodec) throws -> CID
    ) throws {
        if level == levels.count { levels.append(FileNodeBuilder()) }
        if levels[level].childCount == linkCountMax {
            let full = try levels[level].seal(with: seal)
            levels[level] = FileNodeBuilder()
            try append(full, toLevel: level + 1, seal: seal)
        }
        try levels[level].append(child)
    }

    /// Seals from the bottom up. The top level always has at least two children: it came into
    /// being with one, because another was waiting.
    mutating func finish(metadata: UnixFSMetadata, seal: (Bytes, Multicodec) throws -> CID) throws
        -> Child
    {
        if let onlyLeaf { return onlyLeaf }
        precondition(!levels.isEmpty, "a balanced file has at least one leaf, an empty one")
        var level = 0
        while level + 1 < levels.count {
            let child = try levels[level].seal(with: seal)
            try append(child, toLevel: level + 1, seal: seal)
            level += 1
        }
        return try levels[level].seal(metadata: metadata, with: seal)
    }
}
