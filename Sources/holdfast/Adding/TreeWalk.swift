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
        var includesHidden = false
        /// Follow the links that are given as arguments.
        var followsArguments = false
        /// Follow every link.
        var followsLinks = false
        var ignored = IgnoreRules()
    }

    private struct Pending {
        let path: String
        let name: String
        /// Path below the argument, for the ignore rules; empty for the argument itself.
        let relative: String
        /// The folders above it, to find circles of links.
        let ancestors: [Identity]
    }

    private struct Identity: Hashable {
        let device: UInt64
        let inode: UInt64
    }

    private let rules: Rules
    /// The next one is the last.
    private var stack: [Pending]

    /// Walks some paths.
    ///
    /// - Parameters:
    ///   - arguments: paths with the names that they get in the upload, in the order of the upload;
    ///     the path `-` is standard input.
    ///   - rules: what is walked and what is left out.
    init(_ arguments: [(path: String, name: String)], rules: Rules) {
        self.rules = rules
        stack = arguments.reversed().map {
            Pending(path: $0.path, name: $0.name, relative: "", ancestors: [])
        }
    }

    /// The next entry, or nil at the end.
    mutating func next() throws -> TreeEntry? {
        guard let pending = stack.popLast() else { return nil }
        if pending.path == "-", pending.relative.isEmpty {
            return TreeEntry(kind: .standardInput, path: "-", name: pending.name, status: nil)
        }
        let isArgument = pending.relative.isEmpty
        let follows = rules.followsLinks || isArgument && rules.followsArguments
        let status = try File.status(of: pending.path, followingLinks: follows)
        switch status.kind {
        case .file: return entry(.file, pending, status)
        case .symbolicLink:
            let target = try File.linkTarget(of: pending.path)
            return entry(.link(target: try text(target, in: pending.path)), pending, status)
        case .folder:
            try open(pending, status)
            return entry(.folder, pending, status)
        case .other:
            throw AddError(
                "\(pending.path) is neither a file nor a folder nor a link (a pipe, a socket or a"
                    + " device): to add what comes out of it, use `holdfast add - < \(pending.path)`"
            )
        }
    }

    private func entry(_ kind: TreeEntry.Kind, _ pending: Pending, _ status: FileStatus)
        -> TreeEntry
    {
        TreeEntry(kind: kind, path: pending.path, name: pending.name, status: status)
    }

    private mutating func open(_ folder: Pending, _ status: FileStatus) throws {
        guard rules.isRecursive else {
            throw AddError(
                "'\(folder.path)' is a directory, use the '-r' flag to specify directories")
        }
        let identity = Identity(device: status.device, inode: status.inode)
        guard !folder.ancestors.contains(identity) else {
            throw AddError("\(folder.path) leads back to a folder above it: a circle of links")
        }
        var children: [Pending] = []
        for raw in try File.rawNames(in: folder.path) {
            let name = try text(Bytes(raw), in: folder.path)
            let path = folder.path.hasSuffix("/") ? folder.path + name : folder.path + "/" + name
            let relative = folder.relative.isEmpty ? name : folder.relative + "/" + name
            guard rules.includesHidden || !name.hasPrefix(".") else { continue }
            guard !isIgnored(path: path, relative: relative) else { continue }
            children.append(
                Pending(
                    path: path, name: folder.name + "/" + name, relative: relative,
                    ancestors: folder.ancestors + [identity]))
        }
        stack += children.reversed()
    }

    private func isIgnored(path: String, relative: String) -> Bool {
        guard !rules.ignored.isEmpty else { return false }
        let status = try? File.status(of: path, followingLinks: rules.followsLinks)
        return rules.ignored.ignores(relative, isDirectory: status?.kind == .folder)
    }

    private func text(_ bytes: Bytes, in path: String) throws -> String {
        guard let text = bytes.utf8Text else {
            let shown = String(decoding: bytes.array, as: UTF8.self)
            throw AddError("the name \"\(shown)\" in \(path) is not UTF-8: rename it to add it")
        }
        return text
    }
}
