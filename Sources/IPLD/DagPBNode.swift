package import Buffers
import Multiformats

/// A node of the MerkleDAG protobuf format: links and data.
package struct DagPBNode: Hashable, Sendable {
    /// In stored order: for a plain directory that is the order of names.
    package var links: [DagPBLink]
    /// The payload; nil when the field is absent, which is not the same as empty.
    package var data: Bytes?

    package init(links: [DagPBLink] = [], data: Bytes? = nil) {
        self.links = links
        self.data = data
    }
}
