package import Buffers
import IPLD
package import Multiformats

/// One name in a directory.
package struct DirectoryEntry: Hashable, Sendable {
    /// The bytes of the name; usually UTF-8, but nothing makes it so.
    package let name: Bytes

    /// What the name stands for.
    package let cid: CID

    /// Size of all blocks below, as the directory claims; nil where it claims nothing.
    package let tsize: UInt64?

    /// Makes an entry.
    ///
    /// - Parameters:
    ///   - name: the bytes of the name.
    ///   - cid: what it stands for.
    ///   - tsize: the claimed size.
    package init(name: Bytes, cid: CID, tsize: UInt64?) {
        self.name = name
        self.cid = cid
        self.tsize = tsize
    }

    /// The same in memory of its own: an entry that was read is a slice of its directory's block, and
    /// what remembers it would keep all of that.
    package func compacted() -> DirectoryEntry {
        DirectoryEntry(name: name.compacted(), cid: cid.compacted(), tsize: tsize)
    }

    init(_ link: DagPBLink) {
        self.init(name: link.nameBytes ?? .empty, cid: link.cid, tsize: link.tsize)
    }
}
