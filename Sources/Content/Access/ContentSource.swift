package import Buffers
package import Multiformats

/// Where the blocks of a library come from: this node's store, and later other nodes behind it.
///
/// Identity CIDs never come here: they carry their content. Used from many threads.
package protocol ContentSource: Sendable {
    /// Reads a block.
    ///
    /// - Parameters:
    ///   - cid: of the block.
    ///   - context: who asks.
    ///   - reserve: is told how many bytes the block has before they take memory, and may wait;
    ///     false gives the read up.
    /// - Throws: `.storage`, and what the way to the block fails with.
    func block(
        _ cid: CID, for context: RequestContext, reserving reserve: (Int) -> Bool
    ) throws(ContentError) -> SourcedBlock

    /// The size of a block without reading it.
    ///
    /// - Returns: nil when it is not here.
    /// - Throws: `.storage`.
    func byteCount(of cid: CID, for context: RequestContext) throws(ContentError) -> Int?

    /// Whether reading a block now would wait for nothing.
    func isAtHand(_ cid: CID) -> Bool
}

/// What became of reading a block.
package enum SourcedBlock: Sendable {
    case found(Bytes)
    case absent
    /// Whoever asked could not reserve the memory.
    case notReserved
}
