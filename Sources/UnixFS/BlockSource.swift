package import Buffers
package import Multiformats

/// Where readers get blocks from.
///
/// Implementations answer identity CIDs from the CID itself and give only bytes that match the CID.
package protocol BlockSource {
    /// The bytes of a block. What was given before it is not used any more, unless it was kept.
    ///
    /// - Throws: whatever the source throws when it does not have the block; readers pass it on.
    func block(_ cid: CID) throws -> Bytes

    /// The block that was given last goes on being used, in place of the one that was kept before:
    /// its children come next. For sources that count memory.
    func keepLast()
}

extension BlockSource {
    package func keepLast() {}
}
