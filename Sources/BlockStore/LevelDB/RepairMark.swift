import Buffers
import Execution

/// A file that says what is owed before a store serves again: a line for each thing. An empty one asks for a
/// check as if both databases had been repaired.
///
/// A file, because it has to be there before a database can be opened. All who change it in a process have the
/// same of these.
final class RepairMark: Sendable {
    /// What is owed.
    enum Line: String, CaseIterable {
        /// `blocks/` has been repaired, or is about to be, and not been compared with `meta/` since.
        case blocks
        /// The same of `meta/`.
        case meta
        /// `meta/` has been moved away, or is about to be: an empty one may have to be made.
        case movedMeta = "meta moved"
        /// Damage was met in `meta/`: it is to be looked through.
        case doubtedMeta = "meta doubted"
    }

    private let folder: String
    /// How often it was changed, for one after the other: readers add to it, and the lane of `blocks/`.
    private let writing = Locked(UInt64(0))
    private var path: String { folder + "/repairing" }

    /// - Parameter folder: of the store.
    init(in folder: String) { self.folder = folder }

    /// What is owed; nothing where there is no such file.
    func lines() throws(FileError) -> Set<Line> {
        guard try File.exists(path) else { return [] }
        let text = try File.readAll(path, limit: Limits.repairMarkBytesMax).displayText
        let lines = text.split(separator: "\n").map { Line(rawValue: String($0)) }
        // What does not say what it is about may be about anything.
        guard !lines.isEmpty, !lines.contains(nil) else { return [.blocks, .meta, .doubtedMeta] }
        return Set(lines.compactMap { $0 })
    }

    /// The databases that have to be compared with each other because of a repair.
    func databases() throws(FileError) -> Set<DatabaseName> {
        Set(try lines().compactMap { DatabaseName(rawValue: $0.rawValue) })
    }

    /// Adds what is owed. When it returns, that is on disk.
    func add(_ added: Set<Line>) throws(FileError) {
        try change { known throws(FileError) in
            guard !added.isSubset(of: known) else { return }
            let lines = Line.allCases.filter(known.union(added).contains)
            try File.replace(
                path, with: Bytes(utf8: lines.map { $0.rawValue + "\n" }.joined()))
        }
    }

    /// Nothing is owed any more.
    func clear() throws(FileError) {
        try change { _ throws(FileError) in
            if try File.removeIfThere(path) { try File.syncFolder(folder) }
        }
    }

    private func change(
        _ body: (Set<Line>) throws(FileError) -> Void
    ) throws(FileError) {
        try writing.withLock { (count: inout UInt64) throws(FileError) in
            count &+= 1
            try body(try lines())
        }
    }
}
