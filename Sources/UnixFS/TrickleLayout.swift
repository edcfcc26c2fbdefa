import Buffers
import Multiformats

/// Each node has leaves first, then four subtrees of depth 1, four of depth 2 and so on, each
/// subtree built the same way up to its depth. There is always a root.
///
/// - Spec: boxo, `ipld/unixfs/importer/trickle`.
struct TrickleLayout {
    /// A node on the way from the root to where the next leaf goes.
    private struct Frame {
        var node = FileNodeBuilder()
        /// Subtrees of this depth and deeper don't belong here; nil for the root.
        let depthLimit: Int?
        var subtreeDepth = 1
        var subtreeCount = 0
    }

    private let linkCountMax: Int
    private var frames = [Frame(depthLimit: nil)]

    init(linkCountMax: Int) { self.linkCountMax = linkCountMax }

    /// The memory that children of unfinished nodes take.
    var heldByteCount: Int { frames.reduce(0) { $0 + $1.node.heldByteCount } }

    mutating func append(_ leaf: Child, seal: (Bytes, Multicodec) throws -> CID) throws {
        while frames[frames.count - 1].node.childCount >= linkCountMax {
            try openSubtree(seal: seal)
        }
        try frames[frames.count - 1].node.append(leaf)
    }

    /// Opens the next subtree of the innermost node, or closes that node if it has all it may.
    private mutating func openSubtree(seal: (Bytes, Multicodec) throws -> CID) throws {
        let last = frames.count - 1
        if frames[last].subtreeCount == Limits.trickleRepeat {
            frames[last].subtreeDepth += 1
            frames[last].subtreeCount = 0
        }
        let depth = frames[last].subtreeDepth
        if let limit = frames[last].depthLimit, depth >= limit {
            try closeInnermost(seal: seal)
        } else {
            frames[last].subtreeCount += 1
            frames.append(Frame(depthLimit: depth))
        }
    }

    private mutating func closeInnermost(seal: (Bytes, Multicodec) throws -> CID) throws {
        let child = try frames.removeLast().node.seal(with: seal)
        try frames[frames.count - 1].node.append(child)
    }

    mutating func finish(metadata: UnixFSMetadata, seal: (Bytes, Multicodec) throws -> CID) throws
        -> Child
    {
        while frames.count > 1 { try closeInnermost(seal: seal) }
        return try frames[0].node.seal(metadata: metadata, with: seal)
    }
}
