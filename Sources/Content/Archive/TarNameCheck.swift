import IPLD
import Multiformats
import UnixFS

/// Looks at the names of a tree before any of it is sent.
struct TarNameCheck {
    private let access: ContentAccess
    private let folders: BlockReader
    private let children: BlockReader
    private let state: StateShare
    private var met: Set<TarPath.Fingerprint> = []
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
        met.insert(path.fingerprint)
        if try isFolder(try children.named(root)) {
            try state.take(path.memoryByteCount)
            waiting.append((root, path, 1))
        }
        children.dropLast()
        while let (cid, path, level) = waiting.popLast() {
            state.forget(path.memoryByteCount)
            var reader: DirectoryReader
            do {
                reader = try DirectoryReader(root: cid, from: folders)
            } catch {
                throw ContentError(error, in: cid)
            }
            while true {
                try state.makeRoom(for: Limits.tarEntryAheadBytes) {
                    reader.release()
                    folders.release()
                }
                guard let entry = try next(of: &reader) else { break }
                entryCount += 1
                guard entryCount < Limits.tarCheckedEntriesMax else { return }
                let below = try path.appending(entry.name, in: cid)
                guard met.insert(below.fingerprint).inserted else {
                    throw .pathTaken(below, by: entry.name, of: cid)
                }
                try state.take(Limits.hashedFingerprintBytes)
                guard entry.cid.codec == .dagPB,
                    try leadsToFolder(entry.cid, below: &reader)
                else { continue }
                guard level < Limits.pathSegmentsMax else { throw .foldersTooDeep(entry.cid) }
                try state.take(below.memoryByteCount)
                waiting.append((entry.cid, below, level + 1))
            }
        }
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
        _ cid: CID, below folder: inout DirectoryReader
    ) throws(ContentError) -> Bool {
        defer { children.dropLast() }
        do {
            let block = try children.named(cid) {
                folder.release()
                folders.release()
            }
            return try isFolder(block)
        } catch let error where error.isAboutContent {
            return false
        }
    }

    private func isFolder(_ block: Block) throws(ContentError) -> Bool {
        do {
            switch try UnixFSNode.read(block) {
            case .directory, .shard: return true
            case .raw, .file, .symlink: return false
            }
        } catch {
            throw ContentError(error, in: block.cid)
        }
    }
}
