package import Buffers
package import Multiformats

/// Writes the parts of a CAR of version 1; the payload itself follows a head without being copied.
package enum CARWriter {
    /// The header, with its length in front: keys in the order roots, version.
    package static func header(roots: [CID]) -> Bytes { fatalError("not built yet") }

    /// What stands before a block: the section's length and the CID.
    ///
    /// - Parameters:
    ///   - cid: the block's name, as the link to it had it.
    ///   - payloadCount: how many bytes of block follow.
    /// - Returns: length and CID.
    package static func sectionHead(cid: CID, payloadCount: Int) -> Bytes {
        fatalError("not built yet")
    }
}
