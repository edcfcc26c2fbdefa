package import Buffers
package import IPLD
package import Multiformats

/// A block, understood as UnixFS.
///
/// - Spec: gateway 3.3 says what is accepted and what is refused.
package enum UnixFSNode: Sendable {
    /// A raw block: a file of its own, or a chunk.
    case raw(Bytes)
    /// A file, a part of one, or a chunk with a node around it.
    case file(FileNode)
    /// A plain directory.
package struct DirectoryNode: Sendable {
    /// The directory's block.
    package let cid: CID

    /// The links in stored order, which need not be sorted.
    let links: DagPBLinkCursor

    /// Mode and time.
    package let metadata: UnixFSMetadata

    init(cid: CID, _ node: DagPBView, _ message: UnixFSDataView) {
        self.cid = cid
        links = node.links()
        metadata = message.metadata
    }

    /// The entry of that name; of several the first.
    package func entry(named name: Bytes) -> DirectoryEntry? {
        var rest = links
        while let link = rest.next() {
            if link.nameBytes ?? .empty == name { return DirectoryEntry(link) }
        }
        return nil
    }
}
