import Buffers
import Execution

/// A file that says which databases of a store have been repaired, or are about to be, while the whole log
/// has not been compared with `meta/` since: a line with the name of each. An empty one is about all.
///
/// A file, because it has to be there before a database can be opened.
struct RepairMark {
    private let folder: String
    private var path: String { folder + "/repairing" }

    /// - Parameter folder: of the store.
    init(in folder: String) { self.folder = folder }

    /// The databases that were repaired; none where no check is owed.
    func databases() throws(FileError) -> Set<DatabaseName> {
        guard try File.exists(path) else { return [] }
        let text = try File.readAll(path, limit: Limits.repairMarkBytesMax)
        let names = DatabaseName.allCases.filter { name in
            text.firstIndex(of: Bytes(utf8: name.rawValue + "\n")) != nil
        }
        // What does not say which may be about any.
        return Set(names.isEmpty ? DatabaseName.allCases : names)
    }

    /// Asks for a check because of a database. When it returns, that is on disk.
    func set(_ name: DatabaseName) throws(FileError) {
        let names = try databases().union([name])
        let lines = DatabaseName.allCases.filter(names.contains).map { $0.rawValue + "\n" }
        try File.replace(path, with: Bytes(utf8: lines.joined()))
    }

    /// The check has ended.
    func clear() throws(FileError) {
        if try File.removeIfThere(path) { try File.syncFolder(folder) }
    }
}
