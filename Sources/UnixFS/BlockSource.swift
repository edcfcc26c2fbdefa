package import Buffers
package import Multiformats

/// Where readers get blocks from.
///
/// Implementations answer identity CIDs from the CID itself and give only bytes that match the CID.
package protocol BlockSource {
    /// The bytes of a block.
    ///
    /// - Throws: whatever the source throws when it does not have the block; readers pass it on.
    func block(_ cid: CID) throws -> Bytes
}
