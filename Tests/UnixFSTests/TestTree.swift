import Buffers
import TestSupport
import UnixFS

/// Files and folders in memory.
indirect enum TestTree: Sendable {
    case file(TestInput, UnixFSMetadata = UnixFSMetadata())
    case directory([String: TestTree], UnixFSMetadata = UnixFSMetadata())
    case symlink(String, UnixFSMetadata = UnixFSMetadata())
    /// A file for which other options hold.
    case fileWith(ImportOptions, TestInput)

    /// Puts an entry at a path, and folders above it where there are none.
    mutating func insert(_ entry: TestTree, at path: ArraySlice<String>) {
        guard case .directory(var entries, let metadata) = self, let name = path.first else {
            preconditionFailure("only folders have entries")
        }
        // With a second reference to them the entries would be copied for each one that comes in.
        self = .directory([:])
        if path.count == 1 {
            if case .directory(_, let own) = entry, case .directory(let inside, _)? = entries[name]
            {
                entries[name] = .directory(inside, own)
            } else {
                entries[name] = entry
            }
        } else {
            var child = entries.removeValue(forKey: name) ?? .directory([:])
            child.insert(entry, at: path.dropFirst())
            entries[name] = child
        }
        self = .directory(entries, metadata)
    }
}
