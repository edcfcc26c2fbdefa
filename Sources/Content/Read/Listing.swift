package import Buffers
import IPLD
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

/// The links of a folder, or the parts of a file, pulled one by one with what they lead to.
///
/// - Spec: kubo-rpc 3.1, `ls`.
package struct Listing {
    private enum Content {
        case folder(DirectoryReader)
        case parts(ArraySlice<FileNode.Part>)
    }

    private static let entriesAheadMax = Limits.readAheadCountMax

    /// Whether it lists a folder.
    package let isFolder: Bool

    private let resolvesChildren: Bool
    private let source: ReadAhead
    private var content: Content
    private var entries: ArraySlice<DirectoryEntry> = []

    /// Opens a folder or file.
    ///
    /// - Parameters:
    ///   - cid: a UnixFS folder or file, or a raw block.
    ///   - resolvesChildren: whether the root block of each child is read.
    ///   - library: where the blocks are.
    /// - Throws: `.blockNotFound`, `.notUnixFS`, `.undecodable`, `.storage`.
    package init(
        _ cid: CID, resolvesChildren: Bool, library: Library
    ) throws(ContentError) {
        let root = try library.blocks.named(cid)
        self.resolvesChildren = resolvesChildren
        source = ReadAhead(library)
        do {
            switch try UnixFSNode.read(root) {
            case .directory, .shard:
                content = .folder(try DirectoryReader(root: root))
                isFolder = true
            case .file(let file):
                content = .parts(file.parts[...])
                isFolder = false
            case .raw, .symlink:
                content = .parts([])
                isFolder = false
            }
        } catch {
            throw ContentError(error, in: cid)
        }
    }

    /// The next link, in stored order; of a sharded folder in the order of the hashes.
    ///
    /// - Returns: nil at the end.
    /// - Throws: `.blockNotFound` for a child that is not here, `.undecodable`, `.storage`.
    package mutating func next() throws(ContentError) -> ListedLink? {
        do {
            switch content {
            case .parts(var parts):
                guard let part = parts.popFirst() else { return nil }
                content = .parts(parts)
                let entry = DirectoryEntry(name: .empty, cid: part.cid, tsize: nil)
                return try look(at: entry, partByteCount: part.byteCount)
            case .folder:
                guard let entry = try nextEntry() else { return nil }
                return try look(at: entry, partByteCount: nil)
            }
        } catch {
            throw ContentError(error, in: nil)
        }
    }

    /// Keeps some entries ahead, so that the roots of the next children can be fetched meanwhile.
    private mutating func nextEntry() throws -> DirectoryEntry? {
        if entries.isEmpty, case .folder(var reader) = content {
            var fresh: [DirectoryEntry] = []
            while fresh.count < Self.entriesAheadMax, let entry = try reader.next(from: source) {
                fresh.append(entry)
            }
            content = .folder(reader)
            entries = fresh[...]
        }
        guard let entry = entries.popFirst() else { return nil }
        if resolvesChildren {
            source.expect(entries.lazy.map(\.cid).filter { $0.codec == .dagPB })
        }
        return entry
    }

    private func look(at entry: DirectoryEntry, partByteCount: UInt64?) throws -> ListedLink {
        if entry.cid.codec == .raw {
            let byteCount = partByteCount ?? entry.tsize ?? 0
            return ListedLink(entry, .file, byteCount: byteCount)
        }
        guard resolvesChildren, entry.cid.codec == .dagPB else {
            return ListedLink(entry, .unknown, byteCount: 0)
        }
        let block = Block(cid: entry.cid, bytes: try source.block(entry.cid))
        switch try? UnixFSNode.read(block) {
        case .file(let file):
            return ListedLink(
                entry, .file, byteCount: file.byteCount, metadata: file.metadata)
        case .directory(let folder):
            return ListedLink(entry, .folder, byteCount: 0, metadata: folder.metadata)
        case .shard(let shard):
            return ListedLink(entry, .folder, byteCount: 0, metadata: shard.metadata)
        case .symlink(let link):
            return ListedLink(
                entry, .symlink, byteCount: UInt64(link.target.count), target: link.target,
                metadata: link.metadata)
        case .raw, nil:
            return ListedLink(entry, .unknown, byteCount: 0)
        }
    }
}

extension ListedLink {
    fileprivate init(
        _ entry: DirectoryEntry, _ kind: Kind, byteCount: UInt64, target: Bytes = .empty,
        metadata: UnixFSMetadata = UnixFSMetadata()
    ) {
        self.init(
            name: entry.name, cid: entry.cid, kind: kind, byteCount: byteCount,
            tsize: entry.tsize ?? 0, target: target, metadata: metadata)
    }
}
