package import Multiformats

/// What a parent needs to know of a node that has been sealed.
package struct Child: Hashable, Sendable {
    /// The node.
    package let cid: CID

    /// File bytes below the node; 0 for directories.
    package let fileByteCount: UInt64

    /// Size of the node's block and of all blocks below it, each counted as often as it is linked.
    package let tsize: UInt64

    /// Describes a sealed node.
    ///
    /// - Parameters:
    ///   - cid: the node.
    ///   - fileByteCount: file bytes below it.
    ///   - tsize: bytes of its block and the Tsizes of its links.
    package init(cid: CID, fileByteCount: UInt64, tsize: UInt64) {
        self.cid = cid
        self.fileByteCount = fileByteCount
        self.tsize = tsize
    }
}
