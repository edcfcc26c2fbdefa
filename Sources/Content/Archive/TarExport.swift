package import Buffers
import IPLD
package import Multiformats
import UnixFS

/// A UnixFS tree as the bytes of a TAR, pulled piece by piece. The same CID gives the same bytes.
///
/// Depth first, entries in stored order. Everything stands below one name. Of two entries with one
/// path the first stays. Names that lead out of the tree are refused by `init` as far as they can be
/// known without reading `Limits.tarCheckedEntriesMax` entries; found later, `next()` throws and the
/// transfer has to be broken off.
///
/// - Spec: gateway 14.5; kubo-rpc 3.1, `get`.
package struct TarExport {
    private struct Frame {
        var folder: FolderEntries
        let path: TarPath
    }

    private let library: Library
    private let keepsNanoseconds: Bool
    private let source: ReadAhead
    private var gatherer = PieceGatherer()
    private var root: (block: Block, path: TarPath)?
    private var frames: [Frame] = []
    private var file: FileStream?
    private var hasEnded = false
    private var written: Set<TarPath.Fingerprint> = []

    /// Opens a tree.
    ///
    /// - Parameters:
    ///   - cid: a file, folder or symlink.
    ///   - name: the name that everything stands below.
    ///   - keepsNanoseconds: whether times are exact, which takes a PAX header; if not they are cut
    ///     to seconds.
    ///   - library: where the blocks are.
    /// - Throws: `.blockNotFound`, `.notUnixFS`, `.undecodable`, `.nameOutsideRoot`, `.storage`.
    package init(
        _ cid: CID, name: Bytes, keepsNanoseconds: Bool = false, library: Library
    ) throws(ContentError) {
        self.library = library
        self.keepsNanoseconds = keepsNanoseconds
        source = ReadAhead(library)
        let block = try library.blocks.named(cid)
        let path = TarPath(root: name)
        root = (block, path)
        var check = TarNameCheck(library: library)
        try check.run(from: block, path)
    }

    /// The next piece.
    ///
    /// - Returns: nil at the end.
    /// - Throws: `.blockNotFound`, `.undecodable`, `.notUnixFS`, `.nameOutsideRoot`, `.tooDeep`,
    ///   `.storage`.
    package mutating func next() throws(ContentError) -> Bytes? {
        var gatherer = gatherer
        defer { self.gatherer = gatherer }
        return try gatherer.next { () throws(ContentError) in try nextPart() }
    }

    private mutating func nextPart() throws(ContentError) -> Bytes? {
        if let content = try nextContent() { return content }
        if let (block, path) = root.take() { return try open(block, at: path) }
        while let index = frames.indices.last {
            guard let entry = try frames[index].folder.next(from: source) else {
                frames.removeLast()
                continue
            }
            let path = try frames[index].path.appending(entry.name)
            guard written.insert(path.fingerprint).inserted else { continue }
            return try open(try block(entry.cid), at: path)
        }
        defer { hasEnded = true }
        return hasEnded ? nil : TarHeader.end
    }

    /// The next bytes of the file that is open, and after them what fills its last block.
    private mutating func nextContent() throws(ContentError) -> Bytes? {
        guard var stream = file.take() else { return nil }
        if let bytes = try stream.next() {
            file = stream
            return bytes
        }
        let padding = TarHeader.padding(after: stream.size)
        return padding.isEmpty ? nil : padding
    }

    private func block(_ cid: CID) throws(ContentError) -> Block {
        do {
            return Block(cid: cid, bytes: try source.block(cid))
        } catch {
            throw ContentError(error, in: cid)
        }
    }

    /// Begins an entry and gives its header.
    private mutating func open(_ block: Block, at path: TarPath) throws(ContentError) -> Bytes {
        let node: UnixFSNode
        do {
            node = try UnixFSNode.read(block)
        } catch {
            throw ContentError(error, in: block.cid)
        }
        switch node {
        case .raw, .file:
            let stream = try FileStream(block, library: library)
            file = stream
            return header(path, .file(byteCount: stream.size), node.metadata)
        case .symlink(let link):
            return header(path, .symlink(target: link.target), node.metadata)
        case .directory, .shard:
            guard frames.count < Limits.pathSegmentsMax else {
                throw ContentError(
                    .tooDeep, "folders are nested more than \(Limits.pathSegmentsMax) levels deep",
                    cid: block.cid)
            }
            frames.append(Frame(folder: try FolderEntries(block), path: path))
            return header(path, .folder, node.metadata)
        }
    }

    private func header(
        _ path: TarPath, _ kind: TarHeader.Kind, _ metadata: UnixFSMetadata
    ) -> Bytes {
        let mtime = metadata.mtime.flatMap {
            ModificationTime(
                seconds: $0.seconds, nanoseconds: keepsNanoseconds ? $0.nanoseconds : 0)
        }
        return TarHeader(name: path.bytes, kind: kind, mode: metadata.mode, mtime: mtime).encode()
    }
}

/// The entries of a folder with the roots of the next ones being fetched.
struct FolderEntries {
    private var reader: DirectoryReader
    private var ahead: ArraySlice<DirectoryEntry> = []

    init(_ root: Block) throws(ContentError) {
        do {
            reader = try DirectoryReader(root: root)
        } catch {
            throw ContentError(error, in: root.cid)
        }
    }

    mutating func next(from source: ReadAhead) throws(ContentError) -> DirectoryEntry? {
        if ahead.isEmpty {
            do {
                var entries: [DirectoryEntry] = []
                while entries.count < Limits.readAheadCountMax,
                    let entry = try reader.next(from: source)
                {
                    entries.append(entry)
                }
                ahead = entries[...]
            } catch {
                throw ContentError(error, in: reader.root)
            }
        }
        let entry = ahead.popFirst()
        if source.countWanted > 0 { source.expect(ahead.map(\.cid)) }
        return entry
    }
}

/// Looks at the names of a tree before any of it is sent.
private struct TarNameCheck {
    private let library: Library
    private var entryCount = 0

    init(library: Library) { self.library = library }

    mutating func run(from root: Block, _ path: TarPath) throws(ContentError) {
        var folders = [(root, path)]
        while let (block, path) = folders.popLast(), entryCount < Limits.tarCheckedEntriesMax {
            var reader: DirectoryReader
            do {
                switch try UnixFSNode.read(block) {
                case .directory, .shard: reader = try DirectoryReader(root: block)
                case .raw, .file, .symlink: continue
                }
            } catch {
                throw ContentError(error, in: block.cid)
            }
            while let entry = try next(of: &reader) {
                entryCount += 1
                guard entryCount < Limits.tarCheckedEntriesMax else { return }
                let below = try path.appending(entry.name)
                guard entry.cid.codec == .dagPB, below.depth < Limits.pathSegmentsMax else {
                    continue
                }
                // A folder that is missing breaks the transfer off later, like a missing file.
                guard let bytes = try? library.blocks.block(entry.cid) else { continue }
                let child = Block(cid: entry.cid, bytes: bytes)
                if child.isFolder { folders.append((child, below)) }
            }
        }
    }

    private func next(of reader: inout DirectoryReader) throws(ContentError) -> DirectoryEntry? {
        do {
            return try reader.next(from: library.blocks)
        } catch let error as ContentError where error.code == .blockNotFound {
            return nil
        } catch {
            throw ContentError(error, in: reader.root)
        }
    }
}

extension Block {
    fileprivate var isFolder: Bool {
        switch try? UnixFSNode.read(self) {
        case .directory, .shard: true
        case .raw, .file, .symlink, nil: false
        }
    }
}
