package import Buffers
package import Multiformats
package import UnixFS

/// One line of a listing: what a folder has under a name, or a file as one of its parts.
package struct ListedLink: Sendable, Hashable {
    /// What the link leads to, as far as that was looked at.
    package enum Kind: Int, Sendable {
        /// Not looked at, or no UnixFS.
        case unknown = 0
        /// A folder, sharded ones too.
        case folder = 1
        /// A file, raw blocks too.
        case file = 2
        /// A symlink.
        case symlink = 4
    }

    /// The name; empty for a part of a file.
    package let name: Bytes
    /// Where it leads.
    package let cid: CID
    /// What it leads to.
    package let kind: Kind
    /// Bytes of a file or of the target of a symlink; 0 for folders and for what was not looked at.
    package let byteCount: UInt64
    /// Size of all blocks below, as the link claims.
    package let tsize: UInt64
    /// Where a symlink points.
    package let target: Bytes
    /// Mode and time, where there are any.
    package let metadata: UnixFSMetadata
}

extension ListedLink {
    init(
        _ entry: DirectoryEntry, _ kind: Kind, byteCount: UInt64, target: Bytes = .empty,
        metadata: UnixFSMetadata = UnixFSMetadata()
    ) {
        self.init(
            name: entry.name, cid: entry.cid, kind: kind, byteCount: byteCount,
            tsize: entry.tsize ?? 0, target: target, metadata: metadata)
    }

    /// The same under another name.
    func renamed(_ name: Bytes) -> ListedLink {
        ListedLink(
            name: name, cid: cid, kind: kind, byteCount: byteCount, tsize: tsize, target: target,
            metadata: metadata)
    }
}
