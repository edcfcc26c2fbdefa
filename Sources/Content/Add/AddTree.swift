import Buffers
import UnixFS

/// The tops of one add in the order of their arrival, with the folders that entries are put into.
struct AddTree {
    private let options: ImportOptions
    private let memory: StateShare
    private var indexes: [Bytes: Int] = [:]
    private var tops: [AddTop] = []

    /// A tree with nothing in it but the folder around all, if the options want that.
    ///
    /// - Parameters:
    ///   - memory: for tops and folders.
    ///   - options: everything that decides about CIDs.
    init(_ memory: StateShare, options: ImportOptions) {
        self.memory = memory
        self.options = options
        guard options.wrapsWithDirectory else { return }
        let wrapper = AddFolder(
            memory, options: options, metadata: options.metadata(of: .wrapper))
        tops.append(.folder(wrapper, .top))
    }

    /// The results of the tops that are complete.
    var results: [AddResult] { tops.compactMap(\.result) }

    /// Takes a place among the tops for a file or symlink, or for the folder above it: the order of the tops
    /// is that in which they come, however late they are stored.
    ///
    /// - Returns: its index; nil for an entry below another.
    /// - Throws: `.nameTaken`, and as `StateShare.take(_:)`.
    mutating func reserve(_ path: EntryPath) throws(ContentError) -> Int? {
        guard !options.wrapsWithDirectory else { return nil }
        guard path.names.count <= 1 else {
            _ = try topFolder(path.names[0])
            return nil
        }
        if let name = path.names.first {
            if let index = indexes[name], case .folder = tops[index] { throw .nameTaken(name) }
            indexes[name] = tops.count
        }
        try memory.take(AddMemory.rootBytes + (path.names.first?.count ?? 0))
        tops.append(.waiting)
        return tops.count - 1
    }

    /// Ends the wait for a file or symlink at the top.
    mutating func complete(_ index: Int, _ result: AddResult) { tops[index] = .complete(result) }

    /// The folder at a path and the top that it belongs to, made with all folders above it.
    ///
    /// Only the wrapper has no name, so an empty path means it.
    ///
    /// - Throws: `.nameTaken` when a file has one of the names, `.invalidArgument` for more levels than
    ///   can be read again, and as `StateShare.take(_:)`.
    mutating func folder(
        at names: some Collection<Bytes>
    ) throws(ContentError) -> (AddFolder, top: Int) {
        guard names.count + (options.wrapsWithDirectory ? 1 : 0) <= Limits.pathSegmentsMax else {
            throw .addTooDeep
        }
        let index = options.wrapsWithDirectory ? 0 : try topFolder(of: names)
        guard case .folder(var folder, _) = tops[index] else {
            preconditionFailure("a folder at the top stays one until the add ends")
        }
        for name in names.dropFirst(options.wrapsWithDirectory ? 0 : 1) {
            folder = try folder.folder(name)
        }
        return (folder, index)
    }

    private mutating func topFolder(
        of names: some Collection<Bytes>
    ) throws(ContentError) -> Int {
        guard let name = names.first else {
            preconditionFailure("what is in no folder is a top itself")
        }
        return try topFolder(name)
    }

    /// The index of the top that is the folder of that name.
    private mutating func topFolder(_ name: Bytes) throws(ContentError) -> Int {
        if let index = indexes[name] {
            guard case .folder = tops[index] else { throw .nameTaken(name) }
            return index
        }
        try memory.take(AddMemory.rootBytes + AddMemory.folderBytes + name.count)
        indexes[name] = tops.count
        tops.append(.folder(AddFolder(memory, options: options), EntryPath(name)))
        return tops.count - 1
    }

    /// Seals the folders.
    ///
    /// - Parameters:
    ///   - seal: hashes and stores the nodes.
    ///   - report: gets each folder that is complete, and the index of its top.
    mutating func finish(seal: Seal, report: (AddResult, Int) throws -> Void) throws {
        for index in tops.indices {
            guard case .folder(let folder, let path) = tops[index] else { continue }
            _ = try folder.finish(at: path, seal: seal) { entry, child, folder in
                let result = AddResult(
                    path: entry, isUnnamed: false, cid: child.cid, tsize: child.tsize,
                    fileByteCount: 0, metadata: folder.metadata, sent: folder.sent,
                    isRoot: entry == path)
                if result.isRoot { tops[index] = .complete(result) }
                try report(result, index)
            }
        }
    }
}

/// One top of an add on its way.
private enum AddTop {
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
