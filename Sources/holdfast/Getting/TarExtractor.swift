import Buffers
import Execution

/// Writes the entries of an archive below a folder, and nowhere else.
///
/// The archive comes from a node, but what it holds was written by anybody: names must stay below
/// the output, and no link is ever followed, neither one from the archive nor one that was there.
final class TarExtractor {
    private let output: String
    private let outputIsFolder: Bool
    private var root: String?
    private var file: File?
    private var pending: (path: String, entry: TarEntry)?
    /// Folders that were made or checked, so that each is looked at once.
    private var checkedFolders: Set<String> = []
    /// Folders whose mode and time are set at the end, when nothing more is written into them.
    private var finishedFolders: [(path: String, entry: TarEntry)] = []

    /// Writes to a path.
    ///
    /// - Parameter output: where the root entry goes; a file goes into it if it is a folder.
    init(output: String) {
        self.output = output
        outputIsFolder = (try? File.status(of: output, followingLinks: true))?.kind == .folder
    }

    /// Takes what the archive holds next.
    func take(_ event: TarReader.Event) throws {
        switch event {
        case .entry(let entry): try start(entry)
        case .content(let bytes): try file?.write(bytes)
        case .end: try end()
        }
    }

    /// Sets the modes and times of folders.
    func finish() throws {
        for (path, entry) in finishedFolders.reversed() { try setMetadata(path, entry) }
    }

    private func start(_ entry: TarEntry) throws {
        let path = try self.path(of: entry)
        pending = (path, entry)
        switch entry.kind {
        case .folder:
            try makeFolder(path)
            finishedFolders.append((path, entry))
        case .file:
            try checkFolders(above: path)
            try removeOld(path)
            file = try File(path, .createNew, permissions: 0o666)
        case .link(let target):
            try checkFolders(above: path)
            try removeOld(path)
            try File.makeLink(path, to: target)
        }
    }

    private func end() throws {
        guard let (path, entry) = pending else { return }
        pending = nil
        file?.close()
        file = nil
        switch entry.kind {
        case .folder: break
        case .file: try setMetadata(path, entry)
        case .link: try File.setModified(path, entry.modified)
        }
    }

    private func setMetadata(_ path: String, _ entry: TarEntry) throws {
        // Setuid and its kin are not taken over from strangers.
        try File.setPermissions(path, entry.mode & 0o777)
        try File.setModified(path, entry.modified)
    }

    /// The first name of every entry is the root's; what follows it stands below the output.
    private func path(of entry: TarEntry) throws -> String {
        var segments = entry.name.split(separator: "/", omittingEmptySubsequences: false)[...]
        if segments.last?.isEmpty == true { segments.removeLast() }
        guard let first = segments.popFirst(), !first.isEmpty, first != ".", first != "..",
            root == nil || root == String(first)
        else { throw TarError("the archive has an entry outside its root: \(entry.name)") }
        for segment in segments where segment.isEmpty || segment == "." || segment == ".." {
            throw TarError("the archive has an unsafe name: \(entry.name)")
        }
        let isRoot = root == nil
        root = String(first)
        guard segments.isEmpty else { return output + "/" + segments.joined(separator: "/") }
        guard isRoot else { throw TarError("the archive has two roots") }
        return entry.kind != .folder && outputIsFolder ? output + "/" + first : output
    }

    private func makeFolder(_ path: String) throws {
        try checkFolders(above: path)
        let isOutput = path == output
        if let status = try? File.status(of: path, followingLinks: isOutput) {
            guard status.kind != .folder else {
                checkedFolders.insert(path)
                return
            }
            try File.remove(path)
        }
        try File.makeFolder(path, permissions: 0o777)
        checkedFolders.insert(path)
    }

    /// Every folder between the output and an entry must be a real folder.
    private func checkFolders(above path: String) throws {
        guard path != output, path.hasPrefix(output + "/") else { return }
        let folder = File.folder(of: path)
        guard folder != output, !checkedFolders.contains(folder) else { return }
        try checkFolders(above: folder)
        guard let status = try? File.status(of: folder) else {
            try File.makeFolder(folder, permissions: 0o777)
            checkedFolders.insert(folder)
            return
        }
        guard status.kind == .folder else {
            throw TarError("\(folder) is in the way: it is not a folder")
        }
        checkedFolders.insert(folder)
    }

    private func removeOld(_ path: String) throws {
        guard let status = try? File.status(of: path) else { return }
        guard status.kind != .folder else {
            throw TarError("\(path) is a folder: remove it first, or write elsewhere with -o")
        }
        try File.remove(path)
    }
}
