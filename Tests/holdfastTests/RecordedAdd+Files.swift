import Execution
import TestSupport

extension RecordedAdd {
    /// Makes the file or folder on the disk.
    ///
    /// - Parameter folder: is made as well.
    /// - Returns: the path to add.
    func make(in folder: String) throws -> String {
        try File.makeFolder(folder, permissions: 0o755)
        let path = folder + (input.isFolder ? "/root" : "/file")
        let entries = try input.entries
        try input.make(at: path)
        for entry in entries { try entry.make(at: path + "/" + entry.path) }
        // What is deeper first: making an entry changes the time of its folder.
        for entry in entries.sorted(by: { $0.depth > $1.depth }) {
            try entry.setMetadata(at: path + "/" + entry.path)
        }
        try input.setMetadata(at: path)
        return path
    }
}

extension RecordedEntry {
    fileprivate var depth: Int { path.utf8.count { $0 == UInt8(ascii: "/") } }

    fileprivate func make(at path: String) throws {
        try File.makeFolder(File.folder(of: path), permissions: 0o755)
        switch kind {
        case .file(let input):
            // Not `File.replace`: the syncs would take longer than all the rest.
            let file = try File(path, .createNew, permissions: 0o644)
            try input.forEachPiece { try file.write($0) }
        case .folder: try File.makeFolder(path, permissions: 0o755)
        case .link(let target): try File.makeLink(path, to: target)
        }
    }

    fileprivate func setMetadata(at path: String) throws {
        if let mode { try File.setPermissions(path, mode) }
        guard let mtime else { return }
        try File.setModified(
            path, WallTime(seconds: mtime, nanoseconds: mtimeNanoseconds ?? 0))
    }
}
