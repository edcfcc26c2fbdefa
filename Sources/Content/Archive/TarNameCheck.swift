import Buffers
import IPLD
import Multiformats
import UnixFS

/// Looks at the names of a tree before any of it is sent.
struct TarNameCheck {
    private let access: ContentAccess
    private let folders: BlockReader
    private let children: BlockReader
    private let state: StateShare
    private var met = TarPaths()
    private var entryCount = 0

    init(_ access: ContentAccess) {
        self.access = access
        folders = access.makeReader()
        children = access.makeReader()
        state = access.makeStateShare()
    }

    /// Looks at the first entries of a tree.
    ///
    /// - Throws: `.nameOutsideRoot`, `.nameTooLong`, `.nameTaken`, `.tooDeep`, `.undecodable`, `.notUnixFS`,
    ///   `.blockNotFound` for the root, and as `RequestContext.check()`.
    mutating func run(from root: CID, _ path: TarPath) throws(ContentError) {
        var waiting: [(cid: CID, path: TarPath, level: Int)] = []
        _ = met.insert(path, below: [])
        if try isFolder(try children.named(root), at: path) {
            met.noteFolder(path)
            try state.take(path.memoryByteCount)
            waiting.append((root, path, 1))
        }
        children.dropLast()
        while let (cid, path, level) = waiting.popLast() {
            state.forget(path.memoryByteCount)
            // A folder without entries is read, too.
            guard !isEnough else { return }
            var reader: DirectoryReader
            do {
                reader = try DirectoryReader(root: cid, from: folders)
            } catch {
                throw ContentError(error, in: cid)
            }
            while true {
                // Each of its children may be a block that others wait with.
                if folders.isOthersTurn {
                    reader.release()
                    folders.release()
                }
                try state.makeRoom(for: Limits.tarEntryAheadBytes) {
                    reader.release()
                    folders.release()
                }
                guard let entry = try next(of: &reader) else { break }
                entryCount += 1
                guard !isEnough else { return }
                let below = try path.appending(entry.name, in: cid)
                try met.insert(
                    below, of: entry.name, below: path, in: cid, countedIn: state)
                guard entry.cid.codec == .dagPB else {
                    guard !met.isFolder(below) else { throw .folderWanted(at: below, entry.cid) }
                    continue
                }
                guard try leadsToFolder(entry.cid, at: below, in: &reader) else { continue }
                guard level < Limits.pathSegmentsMax else { throw .foldersTooDeep(entry.cid) }
                met.noteFolder(below)
                try state.take(below.memoryByteCount + Limits.hashedFingerprintBytes)
                waiting.append((entry.cid, below, level + 1))
            }
        }
    }

    private var isEnough: Bool {
        entryCount >= Limits.tarCheckedEntriesMax
            || folders.readByteCount + children.readByteCount >= Limits.tarCheckedBytesMax
    }

    /// The next entry, in memory of its own: its child is read with the folder let go of.
    private func next(of reader: inout DirectoryReader) throws(ContentError) -> DirectoryEntry? {
        try access.context.check()
        do {
            return try reader.next(from: folders)?.compacted()
        } catch let error as ContentError where error.code == .blockNotFound {
            return nil
        } catch {
            throw ContentError(error, in: reader.root)
        }
    }

    /// A child that is missing or damaged breaks the transfer off later, when it is its turn.
    private func leadsToFolder(
        _ cid: CID, at path: TarPath, in folder: inout DirectoryReader
    ) throws(ContentError) -> Bool {
        defer { children.dropLast() }
        do {
            let block = try children.named(cid) {
                folder.release()
                folders.release()
            }
            return try isFolder(block, at: path)
        } catch let error where error.isAboutContent {
            return false
        }
    }

    private func isFolder(_ block: Block, at path: TarPath) throws(ContentError) -> Bool {
        let node: UnixFSNode
        do {
            node = try UnixFSNode.read(block)
        } catch {
            throw ContentError(error, in: block.cid)
        }
        try Self.check(node, block.cid, at: path, in: met)
        switch node {
        case .directory, .shard: return true
        case .raw, .file, .symlink: return false
        }
    }

    /// Whether what an archive has at a path can be made by who unpacks it.
    ///
    /// - Parameters:
    ///   - node: what stands there.
    ///   - cid: of that.
    ///   - path: where it stands.
    ///   - paths: those of the archive so far.
    /// - Throws: `.nameTaken` where a folder has to be, `.nameTooLong` for the target of a link.
    static func check(
        _ node: UnixFSNode, _ cid: CID, at path: TarPath, in paths: TarPaths
    ) throws(ContentError) {
        switch node {
        case .directory, .shard: return
        case .raw, .file: break
        case .symlink(let link):
            guard !link.target.isEmpty else { throw .linkTarget("its target is empty", of: cid) }
            guard !link.target.contains(0) else {
                throw .linkTarget("there is a NUL in its target, which ends paths", of: cid)
            }
        }
        guard !paths.isFolder(path) else { throw .folderWanted(at: path, cid) }
    }
}
