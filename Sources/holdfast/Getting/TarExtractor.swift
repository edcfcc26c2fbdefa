import Buffers
import Execution
import Node

/// Writes the entries of an archive below a folder, and nowhere else.
///
/// The archive comes from a node, but what it holds was written by anybody. Every entry is made by
/// its one name in the open folder that it belongs to, and no link is ever followed, neither one
/// from the archive nor one that was there. What the file system cannot hold, and what would take
/// the place of another entry, ends the extraction with an error: nothing is left out silently.
final class TarExtractor {
    /// A folder of the archive whose entries are arriving.
    private struct Level {
        let name: Bytes
        let folder: Folder
        /// What the folder gets when it is full; nil for one that was there before, which stays as
        /// its owner has it.
        let final: Attributes?
        var made: MadeEntries

        init(name: Bytes, folder: Folder, final: Attributes?) {
            self.name = name
            self.folder = folder
            self.final = final
            made = MadeEntries(isFolderNew: final != nil)
        }
    }

    private struct Attributes {
        let mode: UInt32
        let modified: WallTime?
    }

    private struct OpenFile {
        let file: OutputFile
        let modified: WallTime?
        let name: Bytes
    }

    private let output: Bytes
    private var root: Bytes?
    /// From the root's folder down to where the archive is. An archive lists a folder before what is
    /// in it, and all of that before what stands beside the folder.
    private var levels: [Level] = []
    private var open: OpenFile?

    /// Writes to a path.
    ///
    /// - Parameter output: where the root entry goes; a file goes into it if it is a folder. The
    ///   user's own path: a link in it is followed, but not one at its end, which an earlier
    ///   archive may have made.
    init(output: Bytes) { self.output = output }

    /// Takes what the archive holds next.
    func take(_ event: TarReader.Event) throws {
        switch event {
        case .entry(let entry): try start(entry)
        case .content(let bytes): try open?.file.write(bytes)
        case .end: try endFile()
        }
    }

    /// Ends the archive: the folders that are still open get their modes and times.
    ///
    /// - Throws: for an archive without entries, which holds nothing that was asked for.
    func finish() throws {
        guard root != nil else { throw TarError("the archive is empty") }
        try close(downTo: 0)
    }

    private func start(_ entry: TarEntry) throws {
        do {
            let names = try Self.names(of: entry)
            if names.count == 1 {
                try startRoot(entry, names[0])
            } else {
                try startInside(entry, names)
            }
        } catch let error as FileError where error.isNameRefused {
            throw TarError("\(error): \(Self.advice)")
        }
    }

    /// The names on the path of an entry; each can be a name in a folder.
    private static func names(of entry: TarEntry) throws(TarError) -> [Bytes] {
        var path = entry.path
        if entry.kind == .folder, path.last == UInt8(ascii: "/") { path = path.dropLast(1) }
        let names = path.split(separator: UInt8(ascii: "/"), keepsEmpty: true)
        for name in names {
            guard let objection = Folder.objection(to: name) else { continue }
            throw TarError(
                "\(shown(entry)): the name \"\(name.displayText)\" \(objection): \(advice)")
        }
        return names
    }

    private func startRoot(_ entry: TarEntry, _ name: Bytes) throws {
        guard root == nil else { throw TarError("the archive has two roots") }
        root = name
        if entry.kind == .folder {
            try File.makeFolder(File.folder(of: output), permissions: 0o777)
        }
        let place = try OutputPlace(output)
        switch (try place.standing(), entry.kind) {
        case (.nothing, .folder):
            let final = try Self.makeNew(place.name, entry, in: place.parent)
            let folder = try place.parent.folder(place.name)
            levels.append(Level(name: name, folder: folder, final: final))
        case (.folder(let folder), .folder):
            levels.append(Level(name: name, folder: folder, final: nil))
        case (.folder(let folder), _):
            try make(entry, name, over: try folder.status(of: name), in: folder)
        case (.link, .folder): throw place.linkInTheWay
        case (.stream, .file):
            let stream = OutputFile(stream: try place.openStream())
            open = OpenFile(file: stream, modified: entry.modified, name: place.name)
        case (_, .folder), (.stream, .link): throw place.inTheWay
        case (_, .file), (_, .link):
            let status = try place.parent.status(of: place.name)
            try make(entry, place.name, over: status, in: place.parent)
        }
    }

    /// Makes a folder that its owner can fill, whatever its mode will be.
    ///
    /// - Returns: what it gets in the end: of the archive's mode what the user's mask leaves, as
    ///   `tar` does it. The mask is read off the new folder, where the system has applied it.
    private static func makeNew(
        _ name: Bytes, _ entry: TarEntry, in parent: Folder
    ) throws -> Attributes {
        try parent.makeFolder(name, permissions: entry.mode & 0o777 | 0o700)
        let made = try parent.status(of: name)?.mode ?? 0o700
        // Setuid and its kin are not taken over from strangers, but from the folder above.
        return Attributes(mode: made & (entry.mode & 0o777 | 0o7000), modified: entry.modified)
    }

    private func startInside(_ entry: TarEntry, _ names: [Bytes]) throws {
        let folders = names.dropLast()
        guard root == names[0] else {
            throw TarError("the archive has an entry outside its root: \(Self.shown(entry))")
        }
        let common = zip(levels, folders).prefix { $0.name == $1 }.count
        guard common == folders.count, let name = names.last else {
            throw TarError(
                "\(Self.shown(entry)): the archive has no such folder at this place, so a name with a "
                    + "slash stands behind it: \(Self.advice)")
        }
        try close(downTo: common)
        guard levels[common - 1].made.insert(name) else {
            throw TarError("the archive has two entries \(Self.shown(entry)): \(Self.advice)")
        }
        let parent = levels[common - 1].folder
        let status = try parent.status(of: name)
        if let status, levels[common - 1].made.holds(status) {
            throw Self.twin(of: entry, name, status, in: parent)
        }
        guard entry.kind == .folder else {
            try make(entry, name, over: status, in: parent)
            // A file gets its name when it is complete.
            if entry.kind != .file { try keep(name) }
            return
        }
        guard levels.count < Limits.folderDepthMax else {
            throw TarError(
                "\(Self.shown(entry)): more than \(Limits.folderDepthMax) folders inside each other: "
                    + Self.advice)
        }
        let final = try makeFolder(name, entry, over: status, in: parent)
        try keep(name)
        levels.append(Level(name: name, folder: try parent.folder(name), final: final))
    }

    /// Takes note of what has been made in the innermost folder, if that was there before.
    private func keep(_ name: Bytes) throws {
        let innermost = levels.count - 1
        guard innermost >= 0, !levels[innermost].made.isFolderNew,
            let status = try levels[innermost].folder.status(of: name)
        else { return }
        levels[innermost].made.keep(status)
    }

    /// - Returns: nil for a folder that was there already.
    private func makeFolder(
        _ name: Bytes, _ entry: TarEntry, over status: FileStatus?, in parent: Folder
    ) throws -> Attributes? {
        guard let status else { return try Self.makeNew(name, entry, in: parent) }
        guard status.kind == .folder else {
            throw TarError(
                "\(Self.shown(name, parent)) is in the way: it is not a folder; remove it first, "
                    + "or write elsewhere with -o")
        }
        return nil
    }

    /// Makes a file or a link, in the place of one that was there.
    private func make(
        _ entry: TarEntry, _ name: Bytes, over status: FileStatus?, in folder: Folder
    ) throws {
        if case .link(let target) = entry.kind { try Self.check(target, of: entry) }
        guard status?.kind != .folder else {
            throw TarError(
                "\(Self.shown(name, folder)) is a folder: remove it first, or write elsewhere "
                    + "with -o")
        }
        if case .link(let target) = entry.kind {
            try OutputFile.makeLink(
                replacing: name, to: target, modified: entry.modified, in: folder)
        } else {
            // Made with its mode, so that the system applies the user's mask to it. Setuid and its
            // kin are not taken over from strangers.
            let file = try OutputFile(
                replacing: name, in: folder, permissions: entry.mode & 0o777)
            open = OpenFile(file: file, modified: entry.modified, name: name)
        }
    }

    private static func check(_ target: Bytes, of entry: TarEntry) throws(TarError) {
        guard !target.isEmpty, !target.contains(0) else {
            let fault = target.isEmpty ? "is empty" : "has a NUL byte in it"
            throw TarError("\(shown(entry)): the target of the link \(fault): \(advice)")
        }
    }

    private func endFile() throws {
        guard let open else { return }
        self.open = nil
        try open.file.finish(modified: open.modified)
        try keep(open.name)
    }

    /// Leaves folders: nothing more is written into them, so their modes and times can be set.
    private func close(downTo count: Int) throws {
        while levels.count > count {
            let level = levels.removeLast()
            guard let final = level.final else { continue }
            try level.folder.setPermissions(final.mode)
            if let time = final.modified { try level.folder.setModified(time) }
        }
    }

    /// The error for a name that the file system takes for that of another entry.
    ///
    /// - Parameter status: of what has the name; the folder is searched for the other one.
    private static func twin(
        of entry: TarEntry, _ name: Bytes, _ status: FileStatus, in folder: Folder
    ) -> TarError {
        let names = (try? File.rawNames(in: folder.path)) ?? []
        let twin = names.first { other in
            guard other != name, let found = try? folder.status(of: other) else { return false }
            return found.device == status.device && found.inode == status.inode
        }
        guard let twin else {
            return TarError(
                "\(shown(entry)): \(shown(name, folder)) has come into the folder meanwhile: another "
                    + "program writes there, or \(advice)")
        }
        return TarError(
            "\(shown(entry)): the file system takes the name for that of "
                + "\(shown(twin, folder)), which came before: \(advice)")
    }

    private static func shown(_ entry: TarEntry) -> String {
        PrintableName.escaped(entry.path.displayText)
    }

    private static func shown(_ name: Bytes, _ folder: Folder) -> String {
        PrintableName.escaped(PathBytes.joined(folder.path, name).displayText)
    }

    private static let advice =
        "the file system cannot hold it; save it with `holdfast get --archive` or "
        + "`holdfast dag export`"
}
