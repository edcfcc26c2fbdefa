package import Buffers
import IPLD
package import Multiformats
import UnixFS

/// A UnixFS tree as the bytes of a TAR, pulled piece by piece. The same CID gives the same bytes.
///
/// Depth first, entries in stored order. Everything stands below one name. Names that lead out of the
/// tree, and two entries with one path, are refused by `init` as far as they can be known without
/// reading more than `Limits.tarCheckedEntriesMax` entries or `Limits.tarCheckedBytesMax`; found later,
/// `next()` throws and the transfer has to be broken off.
///
/// - Spec: IPIP-288; Kubo RPC API, `get`; POSIX `pax`.
package struct TarExport {
    private struct Level {
        let path: TarPath
        /// What is remembered because this folder was entered.
        let memoryByteCount: Int
    }

    private let access: ContentAccess
    private let keepsExactTimes: Bool
    /// For the folders, and for the roots of their entries.
    private let folders: BlockReader
    private let children: BlockReader
    private let state: StateShare
    private var gatherer = PieceGatherer()
    private var root: (cid: CID, path: TarPath)?
    private var levels: [Level] = []
    /// The last one; nil while it is left for an entry. Called where it stands: a copy would keep its block.
    private var folder: DirectoryReader?
    /// Those before it.
    private let outer: OuterFolders
    private var file: FileStream?
    private var hasEnded = false
    private var written = TarPaths()

    /// Opens a tree.
    ///
    /// - Parameters:
    ///   - cid: a file, folder or symlink.
    ///   - name: the name that everything stands below.
    ///   - keepsExactTimes: whether times are exact, which takes PAX headers: with nanoseconds, and
    ///     1970-01-01 told from no time. If not they are cut to seconds.
    ///   - takesPaths: whether an entry whose name is a path stands where that leads, inside of the tree;
    ///     if not it is refused. Other names could become the same.
    ///   - access: where the blocks are, and who asks.
    /// - Throws: `.blockNotFound`, `.notUnixFS`, `.undecodable`, `.nameOutsideRoot`, `.storage`,
    ///   `.overloaded`, and as `RequestContext.check()`.
    package init(
        _ cid: CID, name: Bytes, keepsExactTimes: Bool = false, takesPaths: Bool = true,
        access: ContentAccess
    ) throws(ContentError) {
        self.access = access
        self.keepsExactTimes = keepsExactTimes
        children = access.makeReader()
        outer = OuterFolders(with: children)
        folders = access.makeReader(with: outer)
        state = access.makeStateShare()
        let path = try TarPath(root: name, takesPaths: takesPaths)
        root = (cid.compacted(), path)
        _ = written.insert(path, below: [])
        var check = TarNameCheck(access)
        try check.run(from: cid, path)
    }

    /// The next piece.
    ///
    /// - Returns: nil at the end.
    /// - Throws: `.blockNotFound`, `.undecodable`, `.notUnixFS`, `.nameOutsideRoot`, `.tooDeep`,
    ///   `.storage`, `.tooMuchMemory`, `.overloaded`, and as `RequestContext.check()`.
    package mutating func next() throws(ContentError) -> ContentPiece? {
        if folders.isOthersTurn || children.isOthersTurn { release() }
        var gatherer = gatherer
        defer { self.gatherer = gatherer }
        return try gatherer.next(from: children) { () throws(ContentError) in try nextPart() }
    }

    /// Lets go of all blocks until the next call, which reads again what it needs.
    package mutating func release() {
        gatherer.release()
        children.release()
        file?.release()
        releaseFolders()
    }

    private mutating func releaseFolders() {
        folder?.release()
        folders.release()
        outer.release()
    }

    private mutating func nextPart() throws(ContentError) -> ContentPiece? {
        if let content = try nextContent() { return content }
        if let (cid, path) = root.take() { return try open(cid, at: path) }
        while let parent = levels.last?.path {
            try state.makeRoom(for: Limits.tarEntryAheadBytes) {
                children.release()
                releaseFolders()
            }
            comeBackToFolder()
            guard let cid = folder?.root, let entry = try nextEntry(of: cid) else {
                folder = nil
                state.forget(levels.removeLast().memoryByteCount)
                continue
            }
            let path = try parent.appending(entry.name, in: cid)
            try written.insert(path, of: entry.name, below: parent, in: cid, countedIn: state)
            return try open(entry.cid, at: path)
        }
        defer { hasEnded = true }
        return hasEnded ? nil : ContentPiece(TarHeader.end)
    }

    /// The next entry of a folder, in memory of its own: the folder may be let go of before its child is
    /// read.
    private mutating func nextEntry(of root: CID) throws(ContentError) -> DirectoryEntry? {
        try access.context.check()
        do {
            let entry = try folder?.next(from: folders)
            if children.countWanted > 0 {
                children.expect(folder?.upcomingEntries(limit: children.windowCount) ?? [])
            }
            return entry?.compacted()
        } catch {
            throw ContentError(error, in: root)
        }
    }

    /// The next bytes of the file that is open, and after them what fills its last block.
    private mutating func nextContent() throws(ContentError) -> ContentPiece? {
        guard var stream = file.take() else { return nil }
        if let piece = try stream.next() {
            file = stream
            return piece
        }
        let padding = TarHeader.padding(after: stream.size)
        return padding.isEmpty ? nil : ContentPiece(padding)
    }

    /// Begins an entry and gives its header.
    private mutating func open(_ cid: CID, at path: TarPath) throws(ContentError) -> ContentPiece {
        let block = try children.named(cid) { releaseFolders() }
        defer { children.dropLast() }
        let node: UnixFSNode
        do {
            node = try UnixFSNode.read(block)
        } catch {
            throw ContentError(error, in: cid)
        }
        try TarNameCheck.check(node, cid, at: path, in: written)
        switch node {
        case .raw, .file:
            let stream = try FileStream(
                block, from: children.handOver(with: outer, heldWith: folders))
            // Its other blocks may have to be waited for, and take their time.
            var hasParts = false
            if case .file(let node) = node { hasParts = node.partCount > 0 }
            if hasParts { children.release() }
            leaveFolder(before: hasParts ? block.bytes.count : 0)
            file = stream
            return header(path, .file(byteCount: stream.size), node.metadata)
        case .symlink(let link):
            return header(path, .symlink(target: link.target), node.metadata)
        case .directory, .shard:
            written.noteFolder(path)
            try descend(into: block, at: path)
            return header(path, .folder, node.metadata)
        }
    }

    /// From here on who reads the entry may have the folder let go of.
    private mutating func leaveFolder(before byteCountBelow: Int) {
        guard let left = folder.take() else { return }
        outer.leave(left, countedIn: folders.handOverKept(), before: byteCountBelow)
    }

    private mutating func comeBackToFolder() {
        guard folder == nil, let (reader, memory) = outer.comeBack() else { return }
        folder = reader
        if let memory { folders.keep(memory) }
    }

    /// The folder's block is read again for its first entry, by the reader that keeps it.
    private mutating func descend(into block: Block, at path: TarPath) throws(ContentError) {
        guard levels.count < Limits.pathSegmentsMax else {
            throw .foldersTooDeep(block.cid)
        }
        try state.take(Limits.hashedFingerprintBytes)
        let byteCount =
            MemoryLayout<Level>.stride + OuterFolders.byteCount + path.memoryByteCount
            + (folder?.memoryByteCount ?? 0)
        leaveFolder(before: block.bytes.count)
        try state.take(byteCount)
        do {
            folder = try DirectoryReader(root: block)
            folder?.release()
            levels.append(Level(path: path, memoryByteCount: byteCount))
        } catch {
            throw ContentError(error, in: block.cid)
        }
    }

    private func header(
        _ path: TarPath, _ kind: TarHeader.Kind, _ metadata: UnixFSMetadata
    ) -> ContentPiece {
        let mtime = metadata.mtime.flatMap {
            ModificationTime(
                seconds: $0.seconds, nanoseconds: keepsExactTimes ? $0.nanoseconds : 0)
        }
        return ContentPiece(
            TarHeader(
                name: path.bytes, kind: kind, mode: metadata.mode, mtime: mtime,
                marksZeroTime: keepsExactTimes
            ).encode())
    }
}
