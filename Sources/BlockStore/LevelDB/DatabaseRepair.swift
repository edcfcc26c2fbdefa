import Buffers
import Execution
import Synchronization
import Telemetry

/// Opens databases, and repairs a damaged log in a way that says what it did.
///
/// Holdfast opens with `isParanoid`: one damaged record of LevelDB's log makes the open fail. Then
/// the log files are copied aside, the database is opened without it (LevelDB drops the damaged
/// records), and `didRepair` asks the caller to check everything before it serves.
///
/// - Spec: stack 4.3.
final class DatabaseRepair: Sendable {
    private let log: Log
    private let now: @Sendable () -> WallTime
    private let repaired = Atomic<Bool>(false)
    /// Where the logs of a database are that was damaged in this run.
    private let copies = Locked<[String: String]>([:])

    init(log: Log, now: @escaping @Sendable () -> WallTime) {
        self.log = log
        self.now = now
    }

    /// Whether a database was repaired since this was last asked.
    func takeDidRepair() -> Bool { repaired.exchange(false, ordering: .acquiringAndReleasing) }

    /// Opens a folder.
    ///
    /// - Throws: what LevelDB says, when a repair does not help.
    func open(_ path: String, _ settings: DatabaseSettings) throws(DatabaseError) -> Database {
        do {
            return try Database(path, settings)
        } catch  where error.kind == .corruption {
            return try repair(path, settings, error)
        }
    }

    private func repair(
        _ path: String, _ settings: DatabaseSettings, _ damage: DatabaseError
    ) throws(DatabaseError) -> Database {
        let aside = copyLogsAside(path)
        var lenient = settings
        lenient.isParanoid = false
        let database = try Database(path, lenient)
        // Everything that was kept goes into tables, so that the strict open finds nothing to replay.
        database.flush()
        database.close()
        repaired.store(true, ordering: .releasing)
        log.error(
            "the database was damaged and has been repaired; all blocks are checked now",
            [
                .text("database", path), .text("damage", damage.message),
                .text("damagedLogCopiedTo", aside ?? "nowhere: the copy failed"),
            ])
        return try Database(path, settings)
    }

    /// Keeps the damaged log files for a person who wants to look.
    private func copyLogsAside(_ path: String) -> String? {
        let folder = "\(path)-damaged-\(now().seconds)"
        // Whoever opens again and again must not fill the disk with copies.
        if let folder = copies.withLock({ $0[path] }) { return folder }
        do throws(FileError) {
            try File.makeFolder(folder)
            for name in try File.names(in: path) where name.hasSuffix(".log") {
                let source = try File("\(path)/\(name)", .read)
                let target = try File("\(folder)/\(name)", .replace)
                while true {
                    let piece = try source.read(upTo: 1 << 20)
                    if piece.isEmpty { break }
                    try target.write(piece)
                }
            }
            copies.withLock { $0[path] = folder }
            return folder
        } catch {
            return nil
        }
    }
}
