import Buffers
import Multiformats
import UnixFS

/// Turns a finished block into its CID, and stores it unless the CID holds the bytes itself.
typealias Seal = (Bytes, Multicodec) throws -> CID

/// One folder of an add while its entries arrive, in any order.
final class AddFolder {
    private var folders: [(name: Bytes, folder: AddFolder)] = []
    private var folderIndexes: [Bytes: Int] = [:]
    /// Hashes of the names of files and symlinks: a name that comes twice must be noticed, and a
    /// folder of a million files has to fit into `Limits.entryBytesMax`. Two names may share a hash, so
    /// where one is here already the entries themselves are asked.
    private var leafHashes: Set<Int> = []
    private var builder: DirectoryBuilder
    private let memory: StateShare
    private let options: ImportOptions
    private let hash: (Bytes) -> Int

    /// A folder without entries.
    ///
    /// - Parameters:
    ///   - memory: for its entries.
    ///   - options: everything that decides about CIDs.
    ///   - metadata: mode and time; nil for what the options give to all folders.
    ///   - hash: of a name; with the process's random seed, so that nobody can choose names that
    ///     share one.
    init(
        _ memory: StateShare, options: ImportOptions, metadata: UnixFSMetadata? = nil,
        hash: @escaping (Bytes) -> Int = { $0.hashValue }
    ) {
        self.memory = memory
        self.options = options
        self.hash = hash
        builder = DirectoryBuilder(
            options: options, metadata: metadata ?? options.metadata(of: .directory))
    }

    /// Whether nothing has arrived for it.
    var isEmpty: Bool { leafHashes.isEmpty && folders.isEmpty }

    /// Mode and time: what the options give to all folders, until the folder itself has arrived.
    var metadata: UnixFSMetadata {
        get { builder.metadata }
        set { builder.metadata = newValue }
    }

    /// What came with the folder itself, stored or not.
    var sent = UnixFSMetadata()

    /// Adds a file or a symlink that is complete.
    func add(_ name: Bytes, _ child: Child) throws {
        guard folderIndexes[name] == nil else { throw ContentError.nameTaken(name) }
        if !leafHashes.insert(hash(name)).inserted, builder.contains(name) {
            throw ContentError.nameTaken(name)
        }
        try memory.take(name.count + AddMemory.entryBytes + child.cid.outsideByteCount)
        try builder.add(name, child)
    }

    /// The folder of that name, made if it is not there yet.
    func folder(_ name: Bytes) throws(ContentError) -> AddFolder {
        if let index = folderIndexes[name] { return folders[index].folder }
        if leafHashes.contains(hash(name)), builder.contains(name) { throw .nameTaken(name) }
        try memory.take(name.count + AddMemory.folderBytes)
        let folder = AddFolder(memory, options: options, hash: hash)
        folderIndexes[name] = folders.count
        folders.append((name, folder))
        return folder
    }

    /// Seals the folder after everything below it; names in byte order, children first.
    ///
    /// - Parameters:
    ///   - path: of this folder, for the report.
    ///   - seal: hashes and stores the nodes.
    ///   - report: called with each folder that is complete, this one last.
    func finish(
        at path: EntryPath, seal: Seal,
        report: (_ path: EntryPath, Child, _ folder: AddFolder) throws -> Void
    ) throws -> Child {
        // No name comes any more. The order of the entries takes as much as the hashes did.
        leafHashes = []
        folderIndexes = [:]
        folders.sort { $0.name < $1.name }
        for (name, folder) in folders {
            if folder.isEmpty, !options.includesEmptyDirectories { continue }
            let child = try folder.finish(
                at: path.appending(name), seal: seal, report: report)
            try builder.add(name, child)
        }
        folders = []
        let child = try takeBuilder().finish(seal: seal)
        try report(path, child, self)
        return child
    }

    /// Gives the entries away: finished from here they would be in memory until the end, and a part of
    /// them twice.
    private func takeBuilder() -> DirectoryBuilder {
        let taken = builder
        builder = DirectoryBuilder(options: options, metadata: taken.metadata)
        return taken
    }
}

extension ContentError {
    static func nameTaken(_ name: Bytes) -> ContentError {
        ContentError(
            .nameTaken,
            "directory already has entry by that name: "
                + "\"\(name.displayText(upTo: Limits.quotedNameBytesMax))\"")
    }
}
