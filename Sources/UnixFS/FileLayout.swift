package import Buffers
package import Multiformats

/// Puts the leaves of one file under inner nodes, leaf by leaf.
///
/// Nodes are sealed as soon as they are full and another child comes, so what is kept is one
/// unfinished node per level, whatever the size of the file.
///
/// - Spec: boxo, `ipld/unixfs/importer`.
package struct FileLayout {
    /// How the inner nodes are arranged.
    package enum Kind: String, Sendable {
        /// All leaves at one depth.
        case balanced
        /// Leaves near the root first, then ever deeper subtrees: for streams that grow.
        case trickle
    }

    private enum State {
        case balanced(BalancedLayout)
        case trickle(TrickleLayout)
    }

    private var state: State
    private let metadata: UnixFSMetadata

    /// A layout without leaves.
    ///
    /// - Parameters:
    ///   - options: kind of layout and children per node.
    ///   - metadata: mode and time for the root block, if the root is an inner node.
    package init(options: ImportOptions, metadata: UnixFSMetadata = UnixFSMetadata()) {
        self.metadata = metadata
        switch options.layout {
        case .balanced: state = .balanced(BalancedLayout(linkCountMax: options.maxFileLinks))
        case .trickle: state = .trickle(TrickleLayout(linkCountMax: options.maxFileLinks))
        }
    }

    /// The memory that children of unfinished nodes take: as much as a few blocks, if there may be many
    /// in each.
    package var heldByteCount: Int {
        switch state {
        case .balanced(let balanced): balanced.heldByteCount
        case .trickle(let trickle): trickle.heldByteCount
        }
    }

    /// Adds the next leaf, in the order of the file.
    ///
    /// - Parameters:
    ///   - leaf: a sealed leaf.
    ///   - seal: hashes and stores inner nodes that are full.
    /// - Throws: what `seal` throws; `.tooLarge` for a node over 2 MiB.
    package mutating func append(leaf: Child, seal: (Bytes, Multicodec) throws -> CID) throws {
        switch state {
        case .balanced(var balanced):
            state = .balanced(BalancedLayout(linkCountMax: 2))
            try balanced.append(leaf, seal: seal)
            state = .balanced(balanced)
        case .trickle(var trickle):
            state = .trickle(TrickleLayout(linkCountMax: 2))
            try trickle.append(leaf, seal: seal)
            state = .trickle(trickle)
        }
    }

    /// Seals what is unfinished, the root last. Nothing is left here.
    ///
    /// - Parameter seal: hashes and stores the nodes.
    /// - Returns: the file. A balanced layout with one leaf gives that leaf.
    /// - Throws: what `seal` throws; `.tooLarge` for a node over 2 MiB.
    package mutating func finish(seal: (Bytes, Multicodec) throws -> CID) throws -> Child {
        // Whoever owns this keeps nothing of its nodes, and no second copy of them meanwhile.
        let unfinished = state
        state = .balanced(BalancedLayout(linkCountMax: 2))
        switch consume unfinished {
        case .balanced(var balanced): return try balanced.finish(metadata: metadata, seal: seal)
        case .trickle(var trickle): return try trickle.finish(metadata: metadata, seal: seal)
        }
    }
}
