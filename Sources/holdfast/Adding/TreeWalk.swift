import Buffers
import Execution
import UnixFS

/// Walks what was given to `add`, depth first, names in byte order, a folder before what is in it.
///
/// - Spec: cid-parity.md 12; kubo-rpc.md 1.5.
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
    }

    /// A folder whose entries are being walked. The paths of its entries are made one by one: a
    /// folder of a million names costs their bytes.
    private struct Level {
        let place: Place
        /// To find circles of links.
        let identity: Identity
        let names: [Bytes]
        var next = 0
    }

    private struct Identity: Hashable {
        let device: UInt64
        let inode: UInt64
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
        while let place = nextPlace() {
            if let entry = try entry(at: place) { return entry }
        }
        return nil
    }

    private mutating func nextPlace() -> Place? {
        while let level = levels.last {
            guard level.next < level.names.count else {
                levels.removeLast()
                continue
            }
            levels[levels.count - 1].next += 1
            let (name, folder) = (level.names[level.next], level.place)
            return Place(
                path: PathBytes.joined(folder.path, name),
                name: [folder.name, name].joined(separator: "/"),
                relative: folder.relative.isEmpty
                    ? name : [folder.relative, name].joined(separator: "/"))
        }
        guard nextArgument < arguments.count else { return nil }
        defer { nextArgument += 1 }
        let argument = arguments[nextArgument]
        return Place(path: argument.path, name: argument.name, relative: .empty)
    }

    /// - Returns: nil where a rule leaves it out.
    private mutating func entry(at place: Place) throws -> TreeEntry? {
        let isArgument = place.relative.isEmpty
        if isArgument, place.path == "-" {
            return TreeEntry(kind: .standardInput, path: "-", name: place.name, status: nil)
        }
        let follows = rules.followsLinks || isArgument && rules.followsArguments
        if !isArgument, isIgnored(place) { return nil }
        let status = try File.status(of: place.path, followingLinks: follows)
        switch status.kind {
        case .file: return entry(.file, place, status)
        case .symbolicLink:
            return entry(.link(target: try File.linkTarget(of: place.path)), place, status)
        case .folder:
            try open(place, status)
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
        TreeEntry(kind: kind, path: place.path, name: place.name, status: status)
    }

    private mutating func open(_ folder: Place, _ status: FileStatus) throws {
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
        let identity = Identity(device: status.device, inode: status.inode)
        guard !levels.contains(where: { $0.identity == identity }) else {
            throw AddError(
                "\(folder.path.displayText) leads back to a folder above it: a circle of links")
        }
        var names = try File.rawNames(in: folder.path)
        if !rules.includesHidden { names.removeAll { $0.first == UInt8(ascii: ".") } }
        levels.append(Level(place: folder, identity: identity, names: names))
    }

    private func isIgnored(_ place: Place) -> Bool {
        guard !rules.ignored.isEmpty else { return false }
        let status = try? File.status(of: place.path, followingLinks: rules.followsLinks)
        return rules.ignored.ignores(place.relative, isDirectory: status?.kind == .folder)
    }
}
