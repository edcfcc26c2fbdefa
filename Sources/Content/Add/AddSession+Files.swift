package import Buffers
import Execution
package import UnixFS

extension AddSession {
    /// Starts a file. The one before must have been ended.
    ///
    /// - Parameters:
    ///   - path: where it stands; no names for one that came without.
    ///   - mode: its own permission bits, used if the options preserve them.
    ///   - mtime: its own time, used if the options preserve it.
    /// - Throws: `.overloaded`, `.tooMuchMemory`, as `RequestContext.check()`, and what the report throws.
    /// - Blocking: waits for the memory of a long path.
    package func beginFile(
        at path: EntryPath, mode: UInt32? = nil, mtime: ModificationTime? = nil
    ) throws {
        precondition(current == nil, "a file has to be ended before the next one begins")
        try hold(path)
        let metadata = options.metadata(of: .file, mode: mode, mtime: mtime)
        current = PendingFile(
            path: path, options: options, metadata: metadata,
            sent: UnixFSMetadata(mode: mode, mtime: mtime))
    }

    /// Says that a symlink comes next, whose target is not there yet.
    ///
    /// - Parameter path: where it will stand.
    /// - Throws: as `beginFile(at:mode:mtime:)`.
    package func beginSymlink(at path: EntryPath) throws { try hold(path) }

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
        defer { giveBackLinkRoom() }
        if !unfinished.isAside { try makeLinkRoom(for: piece.count, in: file) }
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

    func putAside(_ file: PendingFile) throws {
        let held = file.builder.takeHeld()
        try unfinished.putAside([held.chunk, held.inProgress])
    }

    /// Goes on with a file whose bytes were put aside.
    private func resume(_ file: PendingFile) throws {
        guard unfinished.isAside else { return }
        try leaves.finish(deliver: deliver)
        try makeLinkRoom(for: unfinished.asideByteCount, in: file)
        var held: [[Bytes]] = [[], []]
        try unfinished.takeRuns { run, piece in held[run].append(piece) }
        file.builder.putBack(HeldFileBytes(chunk: held[0], inProgress: held[1]))
        while let piece = try unfinished.takeArrived() { try feed(piece, to: file) }
    }

    /// Ends the file that was begun. Its result is reported when its last leaf has been stored.
    ///
    /// - Throws: as `write(_:)`; `.nameTaken` when its name is used already.
    package func endFile() throws {
        guard let file = current else { preconditionFailure("no file has been begun") }
        if !unfinished.isAside { try makeLinkRoom(for: 0, in: file) }
        try resume(file)
        current = nil
        try reports.progress(of: file, isLast: true)
        for leaf in file.builder.finishLeaves() { try push(leaf, of: file) }
        unfinished.end()
        giveBackLinkRoom()
        try end(file)
    }

    /// Puts a file or symlink in line for its place. What that takes of memory is there then: who waits for it
    /// while leaves are delivered would hold theirs.
    func end(_ file: PendingFile) throws {
        let hasFolder = lastFolder.map { $0 == file.path.names.dropLast() } ?? false
        let pathByteCount = heldByteCount
        file.placeByteCount = AddMemory.most(
            at: file.path, of: pathByteCount, hasFolder: hasFolder)
        keepFolder(of: file.path)
        try makeRoom(for: file.placeByteCount)
        pendingByteCount += file.placeByteCount
        file.rootIndex = try tree.reserve(file.path)
        try leaves.push(
            .end(file), nil, byteCount: 0, keeping: pathByteCount, deliver: deliver)
    }

    /// Says that nothing more comes for a while: what was written is stored, so that others get the
    /// room, and the start of a leaf that is not complete goes to a file. One that is too short for that
    /// does not keep the rest of the piece that it came in.
    ///
    /// - Throws: as `write(_:)`.
    package func pause() throws {
        try leaves.finish(deliver: deliver)
        memory.giveBack(beyond: 0)
        guard !unfinished.isAside, let file = current else { return }
        if file.builder.heldCount > Limits.freeUnfinishedBytes { return try putAside(file) }
        file.builder.putBack(file.builder.takeHeld().detached())
    }

    private func push(_ leaf: Leaf, of file: PendingFile) throws {
        // A short one keeps the piece that it came in, whatever else was in that; those behind a long one
        // share its pieces.
        let isShort = leaf.chunk.count < Limits.freeUnfinishedBytes
        let leaf = isShort ? leaf.detached() : leaf
        let byteCount = max(leaf.chunk.count, leaf.heldByteCount / 2)
        let linkByteCount = try takeLinkRoom(for: leaf, of: file)
        let step = PendingFile.Step.leaf(file, linkByteCount: linkByteCount)
        try leaves.push(step, leaf, byteCount: byteCount, deliver: deliver)
    }
}
