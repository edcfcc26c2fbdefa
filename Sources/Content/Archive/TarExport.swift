package import Buffers
import IPLD
package import Multiformats
import UnixFS

/// A UnixFS tree as the bytes of a TAR, pulled piece by piece. The same CID gives the same bytes.
///
/// Depth first, entries in stored order. Everything stands below one name. Names that lead out of the
/// tree, and two entries with one path, are refused by `init` as far as they can be known without
/// reading more than `Limits.tarCheckedEntriesMax` entries; found later, `next()` throws and the
/// transfer has to be broken off.
///
/// - Spec: gateway 14.5; kubo-rpc 3.1, `get`.
package struct TarExport {
    private struct Level {
        var folder: DirectoryReader
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
        folders = access.makeReader(with: children)
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
        releaseFolder()
    }

    private mutating func releaseFolder() {
        if let last = levels.indices.last { levels[last].folder.release() }
        folders.release()
    }

    private mutating func nextPart() throws(ContentError) -> ContentPiece? {
        if let content = try nextContent() { return content }
        if let (cid, path) = root.take() { return try open(cid, at: path) }
        while let index = levels.indices.last {
            try state.makeRoom(for: Limits.tarEntryAheadBytes) {
                children.release()
                releaseFolder()
            }
            guard let entry = try nextEntry(index) else {
                state.forget(levels.removeLast().memoryByteCount)
                continue
            }
            let folder = levels[index].folder.root
            let path = try levels[index].path.appending(entry.name, in: folder)
            try written.insert(
                path, of: entry.name, below: levels[index].path, in: folder, countedIn: state)
            return try open(entry.cid, at: path)
        }
        defer { hasEnded = true }
        return hasEnded ? nil : ContentPiece(TarHeader.end)
    }

    /// The next entry of a folder, in memory of its own: its child is read with the folder let go of.
    private mutating func nextEntry(_ index: Int) throws(ContentError) -> DirectoryEntry? {
        try access.context.check()
        do {
            let entry = try levels[index].folder.next(from: folders)
            if children.countWanted > 0 {
                children.expect(
                    levels[index].folder.upcomingEntries(limit: children.windowCount))
            }
            return entry?.compacted()
        } catch {
            throw ContentError(error, in: levels[index].folder.root)
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
        let block = try children.named(cid) { releaseFolder() }
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
            let stream = try FileStream(block, from: children.handOver())
            // Its other blocks may have to be waited for, and take their time.
            if case .file(let node) = node, node.partCount > 0 {
                children.release()
                releaseFolder()
            }
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

    /// Only the innermost folder keeps a block.
    private mutating func descend(into block: Block, at path: TarPath) throws(ContentError) {
        guard levels.count < Limits.pathSegmentsMax else {
            throw .foldersTooDeep(block.cid)
        }
        try state.take(Limits.hashedFingerprintBytes)
        var byteCount = MemoryLayout<Level>.stride + path.memoryByteCount
        if let last = levels.indices.last {
            levels[last].folder.release()
            byteCount += levels[last].folder.memoryByteCount
        }
        try state.take(byteCount)
        do {
            var folder = try DirectoryReader(root: block)
            folder.release()
            levels.append(Level(folder: folder, path: path, memoryByteCount: byteCount))
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
