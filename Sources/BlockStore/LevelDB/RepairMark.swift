import Buffers
import Execution

/// An empty file that says that databases of a store have been repaired, or are about to be, and that
/// the whole log has not been compared with the index since.
///
/// A file, because it has to be there before a database can be opened.
struct RepairMark {
    private let folder: String
    private var path: String { folder + "/repairing" }

    /// - Parameter folder: of the store.
    init(in folder: String) { self.folder = folder }

    /// Whether a check is owed.
    func isSet() throws(FileError) -> Bool { try File.exists(path) }

    /// Asks for a check. When it returns, that is on disk.
    func set() throws(FileError) { try File.replace(path, with: .empty) }

    /// The check has ended.
    func clear() throws(FileError) {
        if try File.removeIfThere(path) { try File.syncFolder(folder) }
    }
}
