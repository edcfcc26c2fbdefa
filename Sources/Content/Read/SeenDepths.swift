import Multiformats

/// How near to its root a walk has met each block, where it ends at some depth: one that is met again
/// nearer to the root is followed again, because more of what is below it is shown then.
///
/// Content decides how often that is: a chain whose blocks all lead to one wide node has that node at each
/// depth. So a block below which nothing was cut off is not followed again.
struct SeenDepths {
    /// Memory for the blocks.
    let state: StateShare
    /// The smallest depth at which each was met; 0 where all that is below it has been looked at. No block
    /// is met at depth 0: the root is met by nobody.
    private var depths: [CID: Int] = [:]
    /// Levels of the way down, from the root on, below which something was cut off: by the end of the
    /// walk, or because a block that was met before hides some.
    private var cutLevelCount = 0

    init(_ access: ContentAccess) { state = access.makeStateShare() }

    /// Meets a block.
    ///
    /// - Parameters:
    ///   - cid: of it.
    ///   - depth: levels above it.
    ///   - isLast: whether the walk ends there.
    /// - Returns: whether it is new, and whether the walk goes on below it.
    /// - Throws: `.tooMuchMemory`, `.overloaded`.
    mutating func meet(
        _ cid: CID, at depth: Int, isLast: Bool
    ) throws(ContentError) -> (isNew: Bool, goesDeeper: Bool) {
        let before = depths[cid]
        if let before, before <= depth {
            if before > 0 { cutLevelCount = depth }
            return (false, false)
        }
        if isLast { cutLevelCount = depth }
        if before == nil { try state.take(Limits.hashedEntryBytes + cid.multihash.digestCount) }
        depths[cid.compacted()] = depth
        return (before == nil, !isLast)
    }

    /// Leaves a block for the one above it.
    ///
    /// - Parameters:
    ///   - cid: of it.
    ///   - depth: levels above it.
    mutating func leave(_ cid: CID, at depth: Int) {
        let isWhole = cutLevelCount <= depth
        cutLevelCount = min(cutLevelCount, depth)
        // The root is not among them, unless another one leads to it.
        if isWhole, depths[cid] != nil { depths[cid] = 0 }
    }

    /// Starts at another root. What was met below those before it was met.
    mutating func restart() { cutLevelCount = 0 }
}
