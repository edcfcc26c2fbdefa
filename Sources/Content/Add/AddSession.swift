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

    private let access: ContentAccess
    private let options: ImportOptions
    private let sink: BlockSink
    private let leaves: OrderedWork<PendingFile.Step, Leaf, Result<SealedLeaf, ContentError>>
    private var current: PendingFile?
    /// The bytes of the current file that are in no leaf yet.
    private let unfinished: UnfinishedInput
    private var tops: [Bytes: Int] = [:]
    private var roots: [AddRoot] = []
    private let reports: AddReports
    /// For everything that stays until the end: folders, roots and reports.
    private let memory: AddMemory

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
        memory = AddMemory(access)
        reports = AddReports(memory, reportsProgress: reportsProgress, report: report)
        if options.wrapsWithDirectory { addWrapper() }
    }

    /// Starts a file. The one before must have been ended.
    ///
    /// - Parameters:
    ///   - path: where it stands; no names for one that came without.
    ///   - mode: its own permission bits, used if the options preserve them.
    ///   - mtime: its own time, used if the options preserve it.
    package func beginFile(
        at path: EntryPath, mode: UInt32? = nil, mtime: ModificationTime? = nil
    ) {
        precondition(current == nil, "a file has to be ended before the next one begins")
        let metadata = options.metadata(of: .file, mode: mode, mtime: mtime)
        current = PendingFile(path: path, options: options, metadata: metadata)
    }

    /// Adds bytes to the file that was begun.
    ///
    /// - Parameter piece: of any length; kept until its leaves have been hashed.
    /// - Throws: `.storage`, `.overloaded`, as `RequestContext.check()`, and what the report throws.
    ///   The session cannot go on after an error.
    /// - Blocking: waits while the window is full.
    package func write(_ piece: Bytes) throws {
        guard let file = current else { preconditionFailure("no file has been begun") }
        guard !piece.isEmpty else { return }
        file.byteCount += UInt64(piece.count)
        if unfinished.isAside {
            guard try unfinished.append(piece) else { return }
            try resume(file)
        } else {
            try feed(piece, to: file)
        }
        if !unfinished.mayHold(file.builder.heldCount) { try putAside(file) }
        try reports.progress(of: file, isLast: false)
    }

    private func feed(_ piece: Bytes, to file: PendingFile) throws {
        file.builder.feed(piece)
        while let leaf = file.builder.nextLeaf() { try push(leaf, of: file) }
    }

    private func putAside(_ file: PendingFile) throws {
        let held = file.builder.takeHeld()
        try unfinished.putAside([held.chunk, held.inProgress])
    }

    /// Goes on with a file whose bytes were put aside.
    private func resume(_ file: PendingFile) throws {
        guard unfinished.isAside else { return }
        let runs = try unfinished.takeRuns()
        file.builder.putBack(HeldFileBytes(chunk: [runs[0]], inProgress: [runs[1]]))
        while let piece = try unfinished.takeArrived() { try feed(piece, to: file) }
    }

    /// Ends the file that was begun. Its result is reported when its last leaf has been stored.
    ///
    /// - Throws: as `write(_:)`; `.nameTaken` when its name is used already.
    package func endFile() throws {
        guard let file = current else { preconditionFailure("no file has been begun") }
        try resume(file)
        current = nil
        try reports.progress(of: file, isLast: true)
        for leaf in file.builder.finishLeaves() { try push(leaf, of: file) }
        unfinished.end()
        try reserve(file)
        try leaves.push(.end(file), nil, byteCount: 0, deliver: deliver)
    }

    /// Says that nothing more comes for a while: what was written is stored, so that others get the
    /// room, and the start of a leaf that is not complete goes to a file.
    ///
    /// - Throws: as `write(_:)`.
    package func pause() throws {
        try leaves.finish(deliver: deliver)
        guard !unfinished.isAside, let file = current,
            file.builder.heldCount > Limits.freeUnfinishedBytes
        else { return }
        try putAside(file)
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
        guard !path.names.isEmpty else { return }
        let (folder, _) = try place(at: path.names)
        folder.metadata = options.metadata(of: .directory, mode: mode, mtime: mtime)
    }

    /// Adds a symlink. Its target is kept as it is.
    ///
    /// - Parameters:
    ///   - path: where it stands.
    ///   - target: the text of the link.
    ///   - mtime: its own time, used if the options preserve it.
    /// - Throws: as `endFile()`.
    package func addSymlink(
        at path: EntryPath, target: Bytes, mtime: ModificationTime? = nil
    ) throws {
        let metadata = options.metadata(of: .symlink, mtime: mtime)
        let child = try Symlink.build(target: target, mtime: metadata.mtime, seal: sink.seal)
        let link = PendingFile(path: path, options: options, metadata: metadata)
        link.sealed = child
        try reserve(link)
        try leaves.push(.end(link), nil, byteCount: 0, deliver: deliver)
    }

    /// Seals the folders, waits until everything is on disk, pins the roots and reports them.
    ///
    /// - Parameter pinning: whether the roots are pinned; ignored when nothing is stored.
    /// - Returns: the roots in the order of their arrival.
    /// - Throws: `.storage`, `.deadlineExceeded`; then nothing is pinned and no root is reported.
    /// - Blocking: one durability barrier, and one for the pins.
    @discardableResult
    package func finish(pinning: Pinning) throws -> [AddResult] {
        precondition(current == nil, "a file has to be ended before the add ends")
        try leaves.finish(deliver: deliver)
        for index in roots.indices { try finishRoot(index) }
        try sink.barrier(by: access.context.deadline)
        let results = roots.compactMap(\.result)
        if case .recursively(let name) = pinning, !options.onlyHash {
            try Pins(access.library).pinPresent(
                results.lazy.map(\.cid), name: name, for: access.context)
        }
        try reports.release()
        return results
    }

    // MARK: Leaves

    private func push(_ leaf: Leaf, of file: PendingFile) throws {
        try leaves.push(.leaf(file), leaf, byteCount: leaf.chunk.count, deliver: deliver)
    }

    private func deliver(
        _ step: PendingFile.Step, _ sealed: Result<SealedLeaf, ContentError>?
    ) throws {
        switch step {
        case .leaf(let file):
            guard let leaf = try sealed?.get() else { return }
            try sink.store(leaf.block, leaf.child.cid)
            try file.builder.append(leaf.child, seal: sink.seal)
        case .end(let file):
            try place(file, try file.finish(seal: sink.seal))
        }
    }

    /// Puts a complete file or symlink where it belongs, and reports it.
    private func place(_ file: PendingFile, _ child: Child) throws {
        let names = file.path.names
        let isRoot = file.rootIndex != nil
        let result = AddResult(
            path: file.path, isUnnamed: names.isEmpty, cid: child.cid,
            tsize: child.tsize, fileByteCount: child.fileByteCount, metadata: file.metadata,
            isRoot: isRoot)
        if let index = file.rootIndex {
            roots[index] = .complete(result)
            try reports.hold(result, ofRoot: index)
            return
        }
        let (folder, root) = try place(at: names.dropLast())
        try folder.add(names.last ?? Bytes(utf8: child.cid.text()), child)
        try reports.entry(result, ofRoot: root)
    }

    // MARK: The tree

    /// Takes a place among the roots for an entry at the top, in the order of arrival.
    private func reserve(_ file: PendingFile) throws(ContentError) {
        guard !options.wrapsWithDirectory, file.path.names.count <= 1 else { return }
        if let name = file.path.names.first {
            if let index = tops[name], case .folder = roots[index] { throw .nameTaken(name) }
            tops[name] = roots.count
        }
        try memory.take(AddMemory.rootBytes + (file.path.names.first?.count ?? 0))
        file.rootIndex = roots.count
        roots.append(.waiting)
    }

    /// The folder at a path and the root that it belongs to, made with all folders above it.
    ///
    /// Only the wrapper has no name, so an empty path means it.
    private func place(
        at names: some Collection<Bytes>
    ) throws(ContentError) -> (AddFolder, root: Int) {
        var names = Array(names)[...]
        let index = options.wrapsWithDirectory ? 0 : try topFolder(names.removeFirst())
        guard case .folder(var folder, _) = roots[index] else {
            preconditionFailure("a folder at the top stays one until the add ends")
        }
        for name in names { folder = try folder.folder(name) }
        return (folder, index)
    }

    /// The index of the root that is the folder of that name.
    private func topFolder(_ name: Bytes) throws(ContentError) -> Int {
        if let index = tops[name] {
            guard case .folder = roots[index] else { throw .nameTaken(name) }
            return index
        }
        try memory.take(AddMemory.rootBytes + AddMemory.folderBytes + name.count)
        tops[name] = roots.count
        roots.append(.folder(AddFolder(memory, options: options), EntryPath(name)))
        return roots.count - 1
    }

    private func addWrapper() {
        let wrapper = AddFolder(
            memory, options: options, metadata: options.metadata(of: .wrapper))
        roots.append(.folder(wrapper, .top))
    }

    private func finishRoot(_ index: Int) throws {
        guard case .folder(let folder, let path) = roots[index] else { return }
        _ = try folder.finish(at: path, seal: sink.seal) { entry, child, metadata in
            let isRoot = entry == path
            let result = AddResult(
                path: entry, isUnnamed: false, cid: child.cid, tsize: child.tsize, fileByteCount: 0,
                metadata: metadata, isRoot: isRoot)
            guard isRoot else { return try self.reports.entry(result, ofRoot: index) }
            self.roots[index] = .complete(result)
            try self.reports.hold(result, ofRoot: index)
        }
    }
}

/// One top of an add on its way.
private enum AddRoot {
    /// A file or symlink whose last leaf has not been stored yet.
    case waiting
    /// A folder that takes entries until the add ends.
    case folder(AddFolder, EntryPath)
    /// Everything of it has been stored.
    case complete(AddResult)

    var result: AddResult? {
        if case .complete(let result) = self { return result }
        return nil
    }
}
