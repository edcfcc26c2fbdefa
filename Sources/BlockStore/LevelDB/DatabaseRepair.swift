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
    private let log: Log
    private let clock: any TimeSource

    init(folder: String, log: Log, clock: any TimeSource) {
        mark = RepairMark(in: folder)
        notes = DamageNotes(in: folder)
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

    /// LevelDB takes a damaged length in a log for the end of the log, and deletes it: the logs are read
    /// before it opens them. So is the manifest, which is such a log.
    private func repairBeforeOpening(_ path: String) throws(DatabaseError) {
        let lockPath = path + "/LOCK"
        // Whoever has it open writes to its logs; LevelDB says so.
        guard LockHolder.process(holding: lockPath) == nil else { return }
        try checkManifest(of: path)
        do throws(FileError) {
            if try damagedLogs(in: path).isEmpty { return }
            _ = try repairLogs(
                of: path, "a length in its log is damaged, or a record behind which more follow")
        } catch {
            throw DatabaseError(error)
        }
    }

    /// A manifest may end in the middle of a change: then what the change was about is in the log of the
    /// state before, which is deleted after the change. Where that log is gone the change was whole once, and
    /// LevelDB would delete the tables that it has brought.
    private func checkManifest(of path: String) throws(DatabaseError) {
        let logName: String
        do throws(FileError) {
            let manifest = try DatabaseManifest(of: path)
            guard manifest.isTorn else { return }
            logName = DatabaseManifest.fileName(ofLog: manifest.logNumber)
            if try File.exists("\(path)/\(logName)") { return }
        } catch {
            // What else is wrong with it LevelDB says. It takes a manifest that is not the one that was
            // meant, and is not there, for an error of the disk.
            let isGone = error.isAbsence && !error.path.hasSuffix("/CURRENT")
            guard error.number == FileError.damaged || isGone else { return }
            throw DatabaseError(kind: .corruption, message: "\(path): \(error.description)")
        }
        throw DatabaseError(
            kind: .corruption,
            message: "\(path): the manifest ends in the middle of a change, and \(logName) is gone")
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
        let names = try damagedLogs(in: path)
        if !names.isEmpty { try repair(path, names, damage) }
        // Until here the lock is held.
        withExtendedLifetime(lock) {}
        return !names.isEmpty
    }

    private func repair(
        _ path: String, _ names: [String], _ damage: String
    ) throws(FileError) {
        let logs = try DatabaseFolder(path: path).logNames()
        let copies = try DamagedCopies(path: path, now: clock.time).keep(logs, by: .copy)
        try mark.add([line(of: path)])
        var dropped = 0
        for name in names { dropped += try clean("\(path)/\(name)") }
        log.error(
            "the database was damaged, and its log has been repaired; all blocks are checked when "
                + "the store is opened",
            [
                .text("database", path), .text("damage", damage),
                .text("damagedLogCopiedTo", copies), .integer("droppedByteCount", dropped),
            ])
        note(
            "\(dropped) bytes of the log of \(path) were damaged (\(damage)) and are left out; what it was "
                + "is in \(copies). Pins and blocks of the last minutes may be missing: compare with a "
                + "backup, pin and store them again")
    }

    private func line(of path: String) -> RepairMark.Line {
        path.hasSuffix("/\(DatabaseName.meta.rawValue)") ? .meta : .blocks
    }

    /// Keeps a finding of damage, and tells a new one.
    func note(_ finding: String) {
        do throws(FileError) {
            guard try notes.add(finding, now: clock.time) else { return }
            log.error("damage was found", [.text("finding", finding)])
        } catch {
            log.error("a finding of damage could not be kept", [.text("error", "\(error)")])
        }
    }

    /// Also a log that ends in the middle of a record though another one was begun behind it: the record
    /// was whole once.
    func damagedLogs(in path: String) throws(FileError) -> [String] {
        var names: [String] = []
        var torn: String?
        for name in try DatabaseFolder(path: path).logNames() {
            var reader = try DatabaseLogReader("\(path)/\(name)")
            var hasRecord = false
            while try reader.next() != nil { hasRecord = true }
            if hasRecord, let before = torn { names.append(before) }
            torn = reader.isTorn && !reader.isDamaged ? name : nil
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
