import Buffers
import Execution
import Telemetry

/// Opens databases, and repairs a damaged log in a way that says what it did.
///
/// LevelDB is told not to bear with damage: one damaged record of LevelDB's log makes the open fail. Then
/// the log files are copied aside, `mark` asks for a check of everything before the store serves, and
/// each damaged log is replaced, in one step, by one of the records that are whole. An error of the disk
/// on the way is no damage: it ends the repair, with the logs as they were.
///
/// - Spec: `Docs/decisions/0013-a-disk-that-fails-while-a-store-is-opened.md`.
final class DatabaseRepair: Sendable {
    /// Set before the first change.
    let mark: RepairMark
    private let log: Log
    private let now: @Sendable () -> WallTime

    init(folder: String, log: Log, now: @escaping @Sendable () -> WallTime) {
        mark = RepairMark(in: folder)
        self.log = log
        self.now = now
    }

    /// Opens a folder.
    ///
    /// - Throws: what LevelDB says, when a repair does not help.
    func open(_ path: String, _ settings: DatabaseSettings) throws(DatabaseError) -> LevelDatabase {
        do {
            return try LevelDatabase(path, settings)
        } catch  where error.kind == .corruption {
            try repair(path, after: error)
            return try LevelDatabase(path, settings)
        }
    }

    private func repair(_ path: String, after damage: DatabaseError) throws(DatabaseError) {
        let names: [String]
        do throws(FileError) { names = try damagedLogs(in: path) } catch {
            throw DatabaseError(error)
        }
        // Elsewhere: no repair of ours helps.
        guard !names.isEmpty else { throw damage }
        do throws(FileError) {
            let copies = try LogCopies(path: path, now: now()).keep()
            try mark.set()
            var dropped = 0
            for name in names { dropped += try clean("\(path)/\(name)") }
            log.error(
                "the database was damaged, and its log has been repaired; all blocks are checked when "
                    + "the store is opened",
                [
                    .text("database", path), .text("damage", damage.message),
                    .text("damagedLogCopiedTo", copies), .integer("droppedByteCount", dropped),
                ])
        } catch {
            throw DatabaseError(error)
        }
    }

    private func damagedLogs(in path: String) throws(FileError) -> [String] {
        var names: [String] = []
        for name in try LogCopies.logs(in: path) {
            var reader = try DatabaseLogReader("\(path)/\(name)")
            while try reader.next() != nil {}
            if reader.isDamaged { names.append(name) }
        }
        return names
    }

    /// Replaces a log by one of its whole records.
    ///
    /// - Returns: how many bytes were left out.
    private func clean(_ path: String) throws(FileError) -> Int {
        let new = path + ".new"
        var reader = try DatabaseLogReader(path)
        var writer = try DatabaseLogWriter(new)
        while let record = try reader.next() { try writer.append(record) }
        try writer.sync()
        try File.rename(new, to: path)
        try File.syncFolder(File.folder(of: path))
        return reader.droppedByteCount
    }
}
