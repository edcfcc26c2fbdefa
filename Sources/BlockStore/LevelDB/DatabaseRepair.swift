import Buffers
import Execution
import Telemetry

/// Opens databases, and repairs a damaged log in a way that says what it did.
///
/// LevelDB is told not to bear with damage: one damaged record of LevelDB's log makes the open fail. What
/// LevelDB would take for the end of a log is looked for before. Then the log files are copied aside,
/// `mark` asks for a check of everything before the store serves, and each damaged log is replaced, in one
/// step, by one of the records that are whole. An error of the disk on the way is no damage: it ends the
/// repair, with the logs as they were.
///
/// - Spec: `Docs/decisions/0013-a-disk-that-fails-while-a-store-is-opened.md`.
final class DatabaseRepair: Sendable {
    /// Set before the first change.
    let mark: RepairMark
    /// What was found, for whoever runs the node.
    let notes: DamageNotes
    private let isSynced: Bool
    let log: Log
    let clock: any TimeSource

    /// - Parameters:
    ///   - folder: of the store.
    ///   - isSynced: whether every write to a database is on disk before the next one.
    init(folder: String, isSynced: Bool = true, log: Log, clock: any TimeSource) {
        mark = RepairMark(in: folder)
        notes = DamageNotes(in: folder)
        self.isSynced = isSynced
        self.log = log
        self.clock = clock
    }

    /// Opens a folder.
    ///
    /// - Throws: what LevelDB says, when a repair does not help.
    func open(_ path: String, _ settings: DatabaseSettings) throws(DatabaseError) -> LevelDatabase {
        try repairBeforeOpening(path)
        do {
            return try LevelDatabase(path, settings)
        } catch  where error.kind == .corruption {
            try repair(path, after: error)
            return try LevelDatabase(path, settings)
        }
    }

    /// LevelDB takes a damaged length in a log for the end of the log, and zeros for room that was reserved, and
    /// deletes it: the logs are read before it opens them. So is the manifest, which is such a log.
    private func repairBeforeOpening(_ path: String) throws(DatabaseError) {
        let lockPath = path + "/LOCK"
        // Whoever has it open writes to its logs; LevelDB says so.
        guard LockHolder.process(holding: lockPath) == nil else { return }
        let check = try manifest(of: path).map {
            ManifestCheck(path: path, manifest: $0, isSynced: isSynced)
        }
        let contradiction: String?
        do throws(FileError) {
            if let found = try check?.contradictionOfFiles() {
                contradiction = found
            } else {
                contradiction = try orderOfLogs(path, check)
            }
        } catch {
            throw DatabaseError(error)
        }
        guard let contradiction else { return }
        // `meta/` is made anew.
        let advice =
            line(of: path) == .meta
            ? ""
            : ". Nothing was changed. Keep a copy of the folder, empty it, and put back all files of one "
                + "state; never copy a backup over what is there"
        throw DatabaseError(
            kind: .corruption,
            message:
                "\(path): \(contradiction): files of two states lie in one folder, or some are gone"
                + advice)
    }

    /// - Returns: what contradicts the manifest, where no log had to be repaired.
    private func orderOfLogs(
        _ path: String, _ check: ManifestCheck?
    ) throws(FileError) -> String? {
        let logs = try DatabaseLogExtent.all(in: path)
        guard logs.contains(where: \.isDamaged) else { return check?.contradiction(of: logs) }
        _ = try repairLogs(
            of: path, "a length in its log is damaged, or a record behind which more follow")
        return nil
    }

    /// - Returns: nil where LevelDB says what is wrong with it.
    private func manifest(of path: String) throws(DatabaseError) -> DatabaseManifest? {
        do throws(FileError) {
            return try DatabaseManifest(of: path)
        } catch {
            // It takes a manifest that is not the one that was meant, and is not there, for an error of the
            // disk.
            let isGone = error.isAbsence && !error.path.hasSuffix("/CURRENT")
            guard error.number == FileError.damaged || isGone else { return nil }
            throw DatabaseError(kind: .corruption, message: "\(path): \(error.description)")
        }
    }

    private func repair(_ path: String, after damage: DatabaseError) throws(DatabaseError) {
        do throws(FileError) {
            // Elsewhere: no repair of ours helps.
            if try repairLogs(of: path, damage.message) { return }
        } catch {
            throw DatabaseError(error)
        }
        throw damage
    }

    /// Repairs the logs while nobody else has the database.
    ///
    /// - Returns: false where no log is damaged, or somebody has it.
    private func repairLogs(of path: String, _ damage: String) throws(FileError) -> Bool {
        let lock = try File(path + "/LOCK", .append)
        guard try lock.tryRecordLock() else { return false }
        // Two that start at once: one has repaired.
        let logs = try DatabaseLogExtent.all(in: path)
        let isDamaged = logs.contains(where: \.isDamaged)
        if isDamaged { try repair(path, logs, damage) }
        // Until here the lock is held.
        withExtendedLifetime(lock) {}
        return isDamaged
    }

    private func repair(
        _ path: String, _ logs: [DatabaseLogExtent], _ damage: String
    ) throws(FileError) {
        let copies = try DamagedCopies(path: path, now: clock.time).keep(
            logs.map(\.name), by: .copy)
        let dropped = logs.reduce(0) { $0 + ($1.isDamaged ? $1.droppedByteCount : 0) }
        try mark.add([line(of: path)])
        // Afterwards nothing shows any more that there was damage.
        try keep(
            "\(dropped) bytes of the log of \(path) were damaged (\(damage)) and are left out; what it was "
                + "is in \(copies). Pins and blocks of the last minutes may be missing: compare with a "
                + "backup, pin and store them again")
        try DatabaseLogCleaning(path: path, logs: logs).run()
        log.error(
            "the database was damaged, and its log has been repaired; all blocks are checked when "
                + "the store is opened",
            [
                .text("database", path), .text("damage", damage),
                .text("damagedLogCopiedTo", copies), .integer("droppedByteCount", dropped),
            ])
    }

    private func line(of path: String) -> RepairMark.Line {
        path.hasSuffix("/\(DatabaseName.meta.rawValue)") ? .meta : .blocks
    }
}
