import Buffers
import Execution
import UnixFS

/// Walks what was given to `add`, depth first, names in byte order, a folder before what is in it.
///
/// Below an argument everything is reached by its one name in the open folder that it was found in:
/// a link that somebody puts into the place of a folder leads nowhere. Only where every link is
/// followed anyway, everything is reached by its path.
///
/// - Spec: Kubo RPC API, `add`; which entries count and in which order is as in Kubo's `ipfs add`.
struct TreeWalk {
    /// What is walked and what is left out.
    struct Rules: Sendable {
        var isRecursive = false
        /// What was typed, for errors.
        var command = "add"
        /// Whether the command has an option for folders.
        var takesFolders = true
        var includesHidden = false
        /// Follow the links that are given as arguments.
        var followsArguments = false
        /// Follow every link.
        var followsLinks = false
        var ignored = IgnoreRules()
    }

    /// Something that is looked at next.
    private struct Place {
        let path: Bytes
        let name: Bytes
        /// Path below the argument, for the ignore rules; empty for the argument itself.
        let relative: Bytes
        /// What it is reached from; nil where that is its path.
        let folder: Folder?
        /// Its name in the folder; of an argument its path.
        let ownName: Bytes
    }

    /// A folder whose entries are being walked. The paths of its entries are made one by one: a
    /// folder of a million names costs their bytes.
    private struct Level {
        let path: Bytes
        let name: Bytes
        let relative: Bytes
        /// To find circles of links, and to know it when it is opened again.
        let identity: Identity
        /// What its entries are reached from; nil where that is their path, and while the walk is
        /// deep below it.
        var folder: Folder?
        let names: [Bytes]
        var next = 0
    }

    private struct Identity: Hashable {
        let device: UInt64
        let inode: UInt64

        init(_ status: FileStatus) { (device, inode) = (status.device, status.inode) }
    }

    private let rules: Rules
    private let arguments: [(path: Bytes, name: Bytes)]
    private var nextArgument = 0
    /// The folders from the argument down to where the walk is.
    private var levels: [Level] = []

    /// Walks some paths.
    ///
    /// - Parameters:
    ///   - arguments: paths with the names that they get in the upload, in the order of the upload;
    ///     the path `-` is standard input.
    ///   - rules: what is walked and what is left out.
    init(_ arguments: [(path: Bytes, name: Bytes)], rules: Rules) {
        self.rules = rules
        self.arguments = arguments
    }

    /// The next entry, or nil at the end.
    mutating func next() throws -> TreeEntry? {
        while let place = try nextPlace() {
            if let entry = try entry(at: place) { return entry }
        }
        return nil
    }

    private mutating func nextPlace() throws -> Place? {
        while let level = levels.last {
            guard level.next < level.names.count else {
                try leaveFolder()
                continue
            }
            levels[levels.count - 1].next += 1
            return try Self.place(of: level.names[level.next], in: level)
        }
        guard nextArgument < arguments.count else { return nil }
        defer { nextArgument += 1 }
        let argument = arguments[nextArgument]
        return Place(
            path: argument.path, name: argument.name, relative: .empty, folder: nil,
            ownName: argument.path)
    }

    private static func place(of name: Bytes, in level: Level) throws(AddError) -> Place {
        let path = PathBytes.joined(level.path, name)
        guard path.count <= Limits.addedPathByteCountMax else {
            throw AddError(
                "\(path.displayText(upTo: Limits.keptNameByteCount)): a path of over "
                    + "\(Limits.addedPathByteCountMax) bytes: run the command in a folder further "
                    + "in, and name what is there")
        }
        return Place(
            path: path, name: [level.name, name].joined(separator: "/"),
            relative: level.relative.isEmpty
                ? name : [level.relative, name].joined(separator: "/"),
            folder: level.folder, ownName: name)
    }

    /// - Returns: nil where a rule leaves it out.
    private mutating func entry(at place: Place) throws -> TreeEntry? {
        let isArgument = place.relative.isEmpty
        if isArgument, place.path == "-" {
            return entry(.standardInput, place, nil)
        }
        let follows = rules.followsLinks || isArgument && rules.followsArguments
        if !isArgument, isIgnored(place) { return nil }
        let status = try Self.status(of: place, followingLinks: follows)
        switch status.kind {
        case .file: return entry(.file, place, status)
        case .symbolicLink:
            return entry(.link(target: try Self.linkTarget(of: place)), place, status)
        case .folder:
            try open(place, status, followingLinks: follows)
            return entry(.folder, place, status)
        case .pipe where isArgument:
            return entry(.pipe, place, nil)
        case .pipe, .other:
            let path = place.path.displayText
            throw AddError(
                "\(path) is neither a file nor a folder nor a link (a pipe, a socket or a device): "
                    + "to send what comes out of it, use `holdfast \(rules.command) - < \(path)`")
        }
    }

    private func entry(_ kind: TreeEntry.Kind, _ place: Place, _ status: FileStatus?) -> TreeEntry {
        TreeEntry(
            kind: kind, path: place.path, name: place.name, status: status, folder: place.folder)
    }

    private mutating func open(
        _ folder: Place, _ status: FileStatus, followingLinks follows: Bool
    ) throws {
        guard rules.takesFolders else {
            throw AddError(
                "'\(folder.path.displayText)' is a directory, and `holdfast \(rules.command)` takes "
                    + "files")
        }
        guard rules.isRecursive else {
            throw AddError(
                "'\(folder.path.displayText)' is a directory, use the '-r' flag to specify "
                    + "directories")
        }
        let opened = try Self.open(folder)
        let identity = Identity(try opened.status())
        guard
            try identity == Identity(status)
                // What is mounted where it is opened is seen at the second look.
                || identity == Identity(Self.status(of: folder, followingLinks: follows))
        else { throw AddError.replaced(folder.path.displayText) }
        guard !levels.contains(where: { $0.identity == identity }) else {
            throw AddError(
                "\(folder.path.displayText) leads back to a folder above it: a circle of links")
        }
        var names = try opened.names()
        if !rules.includesHidden { names.removeAll { $0.first == UInt8(ascii: ".") } }
        levels.append(
            Level(
                path: folder.path, name: folder.name, relative: folder.relative,
                identity: identity, folder: rules.followsLinks ? nil : opened, names: names))
        let open = levels.count - Limits.openFoldersMax
        if open > 0 { levels[open - 1].folder = nil }
    }

    /// Goes back to the folder around the innermost one.
    private mutating func leaveFolder() throws {
        let inner = levels.removeLast()
        guard let index = levels.indices.last, levels[index].folder == nil, let left = inner.folder
        else { return }
        let path = levels[index].path
        let folder = try left.folderAbove(path: path)
        guard Identity(try folder.status()) == levels[index].identity else {
            throw AddError.replaced(path.displayText)
        }
        levels[index].folder = folder
    }

    private static func open(_ place: Place) throws -> Folder {
        do throws(FileError) {
            guard let folder = place.folder else { return try Folder(place.path) }
            return try folder.folder(place.ownName)
        } catch  where error.isOfAnotherKind {
            throw AddError.replaced(place.path.displayText)
        }
    }

    private static func status(
        of place: Place, followingLinks: Bool
    ) throws(FileError) -> FileStatus {
        guard let folder = place.folder else {
            return try File.status(of: place.path, followingLinks: followingLinks)
        }
        return try folder.status(ofExisting: place.ownName)
    }

    private static func linkTarget(of place: Place) throws(FileError) -> Bytes {
        guard let folder = place.folder else { return try File.linkTarget(of: place.path) }
        return try folder.linkTarget(of: place.ownName)
    }

    private func isIgnored(_ place: Place) -> Bool {
        guard !rules.ignored.isEmpty else { return false }
        let status = try? Self.status(of: place, followingLinks: rules.followsLinks)
        return rules.ignored.ignores(place.relative, isDirectory: status?.kind == .folder)
    }
}
