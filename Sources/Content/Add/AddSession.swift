import BlockStore
package import Buffers
import Multiformats
package import UnixFS

/// One `add`: takes files, folders and symlinks in any order, and gives the CIDs that Kubo gives.
///
///     let session = try AddSession(library, options: options, deadline: deadline) { event in ... }
///     try session.beginFile(at: path)
///     try session.write(piece)                   // as often as there are bytes
///     try session.endFile()
///     let roots = try session.finish(pinning: .recursively(name: ""))
///
/// Leaves are encoded and hashed by the pool while the caller reads its input and the store writes;
/// what is on the way is bounded by `Limits.addWindowBytesMax`. Folders may be implied by paths and
/// are sealed at the end, so the order of arrival doesn't change a CID.
///
/// Not `Sendable`: one thread calls it. A session that is dropped leaves blocks without a pin.
package final class AddSession {
    /// What happens to the roots at the end.
    package enum Pinning: Sendable, Hashable {
        /// They are not pinned.
        case none
        /// They get a recursive pin with that name.
        case recursively(name: String)
    }

    let access: ContentAccess
    let options: ImportOptions
    private let sink: BlockSink
    /// From before the first block: those that are stored already are passed over.
    private let mark: DeletionMark
    let leaves: OrderedWork<PendingFile.Step, Leaf, Result<SealedLeaf, ContentError>>
    /// The file that was begun and not ended.
    var current: PendingFile?
    /// The bytes of the current file that are in no leaf yet.
    let unfinished: UnfinishedInput
    /// For everything that stays until the end: folders, roots and reports.
    let memory: StateShare
    /// What the places of files and the links of leaves in line will take of it at most.
    var pendingByteCount = 0
    /// What of that the links of leaves may take that come in line next.
    var linkRoomByteCount = 0
    /// Where the file stands that came in line last: its folder is there before the next one is placed.
    var lastFolder: ArraySlice<Bytes>?
    /// What that takes of the memory, and what the entry at hand takes.
    var (lastFolderByteCount, heldByteCount) = (0, 0)
    var tree: AddTree
    let reports: AddReports

    /// Opens a session; nothing is written yet.
    ///
    /// - Parameters:
    ///   - access: where the blocks go, and who asks.
    ///   - options: everything that decides about CIDs, and whether anything is stored.
    ///   - reportsProgress: whether `.progress` events are wanted.
    ///   - report: called on the caller's thread, inside the calls below.
    /// - Throws: `.invalidArgument` for a hash function that cannot be used.
    package init(
        _ access: ContentAccess, options: ImportOptions, reportsProgress: Bool = false,
        report: @escaping (AddEvent) throws -> Void
    ) throws(ContentError) {
        self.access = access
        self.options = options
        mark = access.library.store.deletionMark
        let hasher = try BlockHasher(options: options)
        sink = BlockSink(
            hasher: hasher, library: options.onlyHash ? nil : access.library,
            deadline: access.context.deadline)
        leaves = OrderedWork(
            for: access,
            window: .init(
                bytesMax: Limits.addWindowBytesMax, batchBytesMin: Limits.leafBatchBytesMin,
                batchCountMax: Limits.leafBatchCountMax),
            work: hasher.seal)
        unfinished = UnfinishedInput(access)
        memory = access.makeEntryShare()
        tree = AddTree(memory, options: options)
        reports = AddReports(memory, reportsProgress: reportsProgress, report: report)
    }

    /// Adds a folder, or gives a folder that entries have implied its mode and time.
    ///
    /// - Parameters:
    ///   - path: where it stands.
    ///   - mode: its own permission bits, used if the options preserve them.
    ///   - mtime: its own time, used if the options preserve it.
    /// - Throws: `.nameTaken` when a file has its name.
    package func addFolder(
        at path: EntryPath, mode: UInt32? = nil, mtime: ModificationTime? = nil
    ) throws {
        try hold(path)
        guard !path.names.isEmpty else { return }
        try makeRoom(for: AddMemory.most(at: path, of: heldByteCount, hasFolder: false))
        let (folder, _) = try tree.folder(at: path.names)
        folder.metadata = options.metadata(of: .directory, mode: mode, mtime: mtime)
        folder.sent = UnixFSMetadata(mode: mode, mtime: mtime)
    }

    /// Adds a symlink. Its target is kept as it is.
    ///
    /// - Parameters:
    ///   - path: where it stands.
    ///   - target: the text of the link.
    ///   - mode: its own permission bits, which a link does not store.
    ///   - mtime: its own time, used if the options preserve it.
    /// - Throws: as `endFile()`.
    package func addSymlink(
        at path: EntryPath, target: Bytes, mode: UInt32? = nil, mtime: ModificationTime? = nil
    ) throws {
        try hold(path)
        let metadata = options.metadata(of: .symlink, mtime: mtime)
        let child = try Symlink.build(target: target, mtime: metadata.mtime, seal: sink.seal)
        let link = PendingFile(
            path: path, options: options, metadata: metadata,
            sent: UnixFSMetadata(mode: mode, mtime: mtime))
        link.sealed = child
        try end(link)
    }

    /// Seals the folders, waits until everything is on disk, pins the roots and reports them.
    ///
    /// - Parameter pinning: whether the roots are pinned; ignored when nothing is stored.
    /// - Returns: the roots in the order of their arrival.
    /// - Throws: `.storage`, `.deadlineExceeded`; then no root is reported, and none is pinned
    ///   but where the error says so.
    /// - Blocking: one durability barrier, and one for as many pins.
    @discardableResult
    package func finish(pinning: Pinning) throws -> [AddResult] {
        precondition(current == nil, "a file has to be ended before the add ends")
        try leaves.finish(deliver: deliver)
        try tree.finish(seal: sink.seal) { try reports.add($0, ofRoot: $1) }
        try sink.barrier(by: access.context.deadline)
        let results = tree.results
        if case .recursively(let name) = pinning, !options.onlyHash {
            try Pins(access.library).pinPresent(
                results.lazy.map(\.cid), since: mark, name: name, for: access.context)
        }
        try reports.release()
        return results
    }

    /// Takes what the pool has done, in the order in which it was pushed.
    func deliver(
        _ step: PendingFile.Step, _ sealed: Result<SealedLeaf, ContentError>?
    ) throws {
        switch step {
        case .leaf(let file, let linkByteCount):
            guard let leaf = try sealed?.get() else { return }
            try sink.store(leaf.block, leaf.child.cid)
            pendingByteCount -= linkByteCount
            try file.append(leaf.child, countedIn: memory, seal: sink.seal)
        case .end(let file):
            let child = try file.finish(countedIn: memory, seal: sink.seal)
            pendingByteCount -= file.placeByteCount
            try place(file, child)
        }
    }

    /// Puts a complete file or symlink where it belongs, and reports it.
    private func place(_ file: PendingFile, _ child: Child) throws {
        let names = file.path.names
        let result = AddResult(
            path: file.path, isUnnamed: names.isEmpty, cid: child.cid,
            tsize: child.tsize, fileByteCount: child.fileByteCount, metadata: file.metadata,
            sent: file.sent, isRoot: file.rootIndex != nil)
        if let index = file.rootIndex {
            tree.complete(index, result)
            return try reports.add(result, ofRoot: index)
        }
        let (folder, root) = try tree.folder(at: names.dropLast())
        try folder.add(names.last ?? Bytes(utf8: child.cid.text()), child)
        try reports.add(result, ofRoot: root)
    }
}
