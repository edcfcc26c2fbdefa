import TestSupport
import UnixFS

extension RecordedAdd {
    /// The options as `holdfast add` would resolve them.
    func options() throws -> ImportOptions {
        var request = ImportRequest()
        for flag in flags { try request.set(flag) }
        return try .resolve(from: request)
    }

    /// What was added.
    func tree() throws -> TestTree {
        var root = input.tree
        for entry in try input.entries {
            root.insert(entry.tree, at: entry.path.split(separator: "/").map(String.init)[...])
        }
        return root
    }
}

extension RecordedEntry {
    fileprivate var tree: TestTree {
        let time = mtime.flatMap {
            ModificationTime(seconds: $0, nanoseconds: mtimeNanoseconds ?? 0)
        }
        let own = UnixFSMetadata(mode: mode, mtime: time)
        return switch kind {
        case .file(let input): .file(input, own)
        case .folder: .directory([:], own)
        case .link(let target): .symlink(target, own)
        }
    }
}
