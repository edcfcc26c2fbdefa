import Buffers
import IPLD
package import Multiformats
import UnixFS

/// The links of a folder, or the parts of a file, pulled one by one with what they lead to.
///
/// - Spec: Kubo RPC API, `ls`.
package struct Listing {
    /// Whether it lists a folder.
    package let isFolder: Bool

    private let cid: CID
    private let resolvesChildren: Bool
    private let access: ContentAccess
    private let source: BlockReader
    /// For the roots of children, so that the folder's own block stays.
    private let children: BlockReader
    /// What is listed, one of the two. Called where they stand: a copy would keep their block.
    private var folder: DirectoryReader?
    private var parts: FileParts?
    /// The part that was given last. Of a folder the block knows which entry it was.
    private var lastPart: Found?

    /// Opens a folder or file.
    ///
    /// - Parameters:
    ///   - cid: a UnixFS folder or file, or a raw block.
    ///   - resolvesChildren: whether the root block of each child is read.
    ///   - access: where the blocks are, and who asks.
    /// - Throws: `.blockNotFound`, `.notUnixFS`, `.undecodable`, `.storage`, `.overloaded`.
    package init(
        _ cid: CID, resolvesChildren: Bool, access: ContentAccess
    ) throws(ContentError) {
        self.cid = cid
        self.resolvesChildren = resolvesChildren
        self.access = access
        children = access.makeReader()
        source = access.makeReader(with: children)
        let root = try source.named(cid)
        source.keepLast()
        do {
            switch try UnixFSNode.read(root) {
            case .directory, .shard:
                folder = try DirectoryReader(root: root)
                isFolder = true
            case .file:
                parts = try FileParts(of: root)
                isFolder = false
            case .raw, .symlink:
                isFolder = false
            }
        } catch {
            throw ContentError(error, in: cid)
        }
    }

    /// The next link, in stored order; of a sharded folder in the order of the hashes.
    ///
    /// - Returns: nil at the end.
    /// - Throws: `.blockNotFound` for a child that is not here, `.undecodable` and `.notUnixFS` for one
    ///   that is no UnixFS though its codec is dag-pb, `.storage`, `.overloaded`, and as
    ///   `RequestContext.check()`.
    package mutating func next() throws(ContentError) -> ListedLink? {
        try access.context.check()
        if source.isOthersTurn { release() }
        do {
            guard let found = try nextEntry() else { return nil }
            return try link(found)
        } catch {
            throw ContentError(error, in: cid)
        }
    }

    /// The link that `next()` gave last, once more: for who let go of it meanwhile, because its name can be
    /// as long as a block.
    ///
    /// - Returns: nil where none was given.
    /// - Throws: as `next()`.
    package mutating func again() throws(ContentError) -> ListedLink? {
        do {
            if let lastPart { return try link(lastPart) }
            guard let entry = try folder?.again(from: source) else { return nil }
            return try link(found(entry, partByteCount: nil))
        } catch {
            throw ContentError(error, in: cid)
        }
    }

    private mutating func link(_ found: Found) throws -> ListedLink {
        let link = try look(at: found)
        guard found.isCut, let whole = try folder?.again(from: source) else { return link }
        return link.renamed(whole.name)
    }

    private struct Found {
        let entry: DirectoryEntry
        let partByteCount: UInt64?
        /// Whether the entry has only the beginning of its name.
        let isCut: Bool
    }

    /// The next entry, or part as one without a name.
    private mutating func nextEntry() throws -> Found? {
        if let part = try parts?.next(from: source) {
            let entry = DirectoryEntry(name: .empty, cid: part.cid.compacted(), tsize: nil)
            let found = found(entry, partByteCount: part.byteCount)
            lastPart = found
            return found
        }
        guard let entry = try folder?.next(from: source) else { return nil }
        if resolvesChildren, children.countWanted > 0 {
            let ahead = folder?.upcomingEntries(limit: children.windowCount) ?? []
            children.expect(ahead.filter { $0.codec == .dagPB })
        }
        return found(entry, partByteCount: nil)
    }

    /// Where its child is read an entry owns its bytes: a slice of the block that lists it would keep that
    /// while others have its memory, and so would a copy of a name that is as long as the block.
    private func found(_ entry: DirectoryEntry, partByteCount: UInt64?) -> Found {
        guard readsChild(of: entry) else {
            return Found(entry: entry, partByteCount: partByteCount, isCut: false)
        }
        let start = entry.name.prefix(Limits.quotedNameBytesMax)
        return Found(
            entry: DirectoryEntry(name: start, cid: entry.cid, tsize: entry.tsize).compacted(),
            partByteCount: partByteCount, isCut: start.count < entry.name.count)
    }

    private func readsChild(of entry: DirectoryEntry) -> Bool {
        resolvesChildren && entry.cid.codec == .dagPB
    }

    /// Lets go of all blocks until the next call, which reads again what it needs.
    package mutating func release() {
        children.release()
        releaseContent()
    }

    private mutating func releaseContent() {
        parts?.release()
        folder?.release()
        source.release()
    }

    private mutating func look(at found: Found) throws -> ListedLink {
        let (entry, partByteCount) = (found.entry, found.partByteCount)
        if entry.cid.codec == .raw {
            let byteCount = partByteCount ?? entry.tsize ?? 0
            return ListedLink(entry, .file, byteCount: byteCount)
        }
        guard readsChild(of: entry) else {
            return ListedLink(entry, .unknown, byteCount: 0)
        }
        let block = try children.named(entry.cid) { releaseContent() }
        defer { children.dropLast() }
        switch try node(of: block, found) {
        case .file(let file):
            return ListedLink(
                entry, .file, byteCount: file.byteCount, metadata: file.metadata)
        case .directory(let folder):
            return ListedLink(entry, .folder, byteCount: 0, metadata: folder.metadata)
        case .shard(let shard):
            return ListedLink(entry, .folder, byteCount: 0, metadata: shard.metadata)
        case .symlink(let link):
            return ListedLink(
                entry, .symlink, byteCount: UInt64(link.target.count),
                target: link.target.compacted(), metadata: link.metadata)
        case .raw:
            return ListedLink(entry, .unknown, byteCount: 0)
        }
    }

    /// A child that is not what its codec promises ends the listing, as it does Kubo's.
    private func node(
        of block: Block, _ found: Found
    ) throws(ContentError) -> UnixFSNode {
        do {
            return try UnixFSNode.read(block)
        } catch {
            let (error, name) = (ContentError(error, in: found.entry.cid), found.entry.name)
            if name.isEmpty { throw error }
            // Where it was cut the end of the name is not at hand.
            let text = name.displayText(upTo: Limits.quotedNameBytesMax)
            throw error.prefixed("\"\(text)\(found.isCut ? "…" : "")\": ")
        }
    }
}
