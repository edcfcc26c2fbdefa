package import Buffers
import Multiformats

/// A dag-pb node that was checked in one pass and is read where it stands: no list of its links.
package struct DagPBView: Sendable {
    /// The block.
    package let bytes: Bytes
    /// The payload, sharing the block's memory; nil when the field is absent.
    package let data: Bytes?
    /// How many links there are.
    package let linkCount: Int

    /// Checks a block.
    ///
    /// - Throws: `.malformed`, as `DagPBNode.init(decoding:)`.
    package init(_ bytes: Bytes) throws(IPLDError) {
        var count = 0
        data = try DagPBNode.scan(bytes) { _ in count += 1 }
        linkCount = count
        self.bytes = bytes
    }

    /// The links in stored order, one after the other.
    package func links() -> DagPBLinkCursor { DagPBLinkCursor(bytes, resumingAt: 0) }
}
