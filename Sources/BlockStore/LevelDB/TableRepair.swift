import Execution
import Telemetry

/// Cuts the damaged parts out of the tables of `blocks/`, in a way that says what it did.
///
/// LevelDB goes on with no write once a compaction has met damage, and meets it again after each
/// opening. The damaged tables are kept aside, `mark` asks for a comparison of log and index at the next
/// start, and each of them is replaced, in one step, by one of its whole data blocks.
///
/// - Spec: `Docs/decisions/0016-a-damaged-table-is-cut-out.md`.
final class TableRepair: Sendable {
    private let path: String
    private let mark: RepairMark
    private let log: Log
    private let clock: any TimeSource
    private let keep: @Sendable (String) throws(FileError) -> Void
    private let survey: TableSurvey

    /// - Parameters:
    ///   - path: of the database.
    ///   - mark: set before the first change.
    ///   - keep: keeps what was found, for whoever runs the node; called before the first change.
    init(
        _ path: String, mark: RepairMark, log: Log, clock: any TimeSource,
        keep: @escaping @Sendable (String) throws(FileError) -> Void = { _ in }
    ) {
        self.path = path
        self.mark = mark
        self.log = log
        self.clock = clock
        self.keep = keep
        survey = TableSurvey(path, log: log)
    }

    /// Looks for damage; the database may be open.
    ///
    /// - Parameters:
    ///   - cause: why a write failed.
    ///   - isEnding: asked between tables; true ends the look.
    /// - Returns: nil where no table is damaged, or that cannot be told.
    func damage(after cause: DatabaseError, isEnding: () -> Bool) -> TableDamage? {
        guard cause.isOfTable else { return nil }
        do throws(FileError) {
            let tables = try survey.damagedTables(after: cause, isEnding: isEnding)
            return tables.isEmpty ? nil : TableDamage(cause: cause, tables: tables)
        } catch {
            log.error(
                "the tables of a database cannot be looked through: check the disk",
                [.text("database", path), .text("error", error.description)])
            return nil
        }
    }

    /// Replaces damaged tables; the database must be closed.
    ///
    /// - Throws: when that could not be done to all of them. Each is as it was, or replaced.
    func cutOut(_ damage: TableDamage) throws(FileError) {
        let names = damage.tables.map(\.name)
        let copies = try DamagedCopies(path: path, now: clock.time).keep(names, by: .link)
        try mark.add([.blocks])
        // Afterwards nothing shows any more that there was damage.
        try keep(
            "\(names.count) tables of \(path) were damaged (\(damage.cause.message)), and parts of them are "
                + "left out; what they were is in \(copies). Their blocks are missing until they are stored "
                + "again: `holdfast repo verify` names them")
        var done: [TableDamage.Table] = []
        // Also what was done before an error.
        defer { if !done.isEmpty { tell(done, copies, damage.cause) } }
        for table in damage.tables where try replace(table) { done.append(table) }
    }

    /// - Returns: false for a table that is not the one any more that was looked at, or too small to
    ///   be one.
    private func replace(_ damaged: TableDamage.Table) throws(FileError) -> Bool {
        let path = "\(path)/\(damaged.name)"
        // No name that LevelDB would take for one of its own files.
        let new = path + ".new"
        let table = try TableFile(path, byteCount: damaged.byteCount)
        guard damaged.isStill(try table.status()) else { return false }
        guard let salvage = TableSalvage(table, keeping: damaged.kept) else {
            log.error(
                "a damaged table has no room for an index and stays as it is",
                [.text("table", path), .integer("byteCount", damaged.byteCount)])
            return false
        }
        do throws(FileError) {
            try salvage.write(to: new)
            try File.rename(new, to: path)
        } catch {
            _ = try? File.removeIfThere(new)
            throw error
        }
        try File.syncFolder(File.folder(of: path))
        return true
    }

    private func tell(_ tables: [TableDamage.Table], _ copies: String, _ cause: DatabaseError) {
        let names = tables.prefix(Limits.namedTablesMax).map(\.name).joined(separator: " ")
        log.error(
            "tables of a database were damaged, and the damaged parts have been left out; their blocks "
                + "are missing until they are stored again: check the disk; log and index are compared "
                + "at the next start",
            [
                .text("database", path), .text("damage", cause.message), .text("tables", names),
                .integer("tableCount", tables.count),
                .integer("emptiedTableCount", tables.count { $0.kept == .nothing }),
                .integer("leftOutDataBlockCount", tables.reduce(0) { $0 + $1.leftOutCount }),
                .integer("leftOutByteCount", tables.reduce(0) { $0 + $1.leftOutByteCount }),
                .text("damagedTablesKeptIn", copies),
            ])
    }
}

extension DatabaseError {
    /// Whether a damaged table may be the cause: a checksum is wrong, or a table that LevelDB has mapped
    /// into memory ends before the place that it reads.
    var isOfTable: Bool {
        kind == .corruption || kind == .inputOutput && message.hasSuffix("Invalid argument")
    }
}
