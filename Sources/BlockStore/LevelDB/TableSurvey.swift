import Execution
import Telemetry

/// Looks through the tables of a database for damage, while readers use it.
///
/// A database that stays unwritable for another reason is looked through once, not every second: a table
/// that was found whole is passed over for `Limits.wholeTableTrust`.
final class TableSurvey: Sendable {
    /// A table that was found whole. Another file of the same number is another one.
    private struct Whole {
        let byteCount: UInt64
        let modified: WallTime
        let inode: UInt64
        let since: Instant

        func isStill(_ status: FileStatus, at now: Instant) -> Bool {
            status.byteCount == byteCount && status.modified == modified && status.inode == inode
                && now.elapsed(since: since) < Limits.wholeTableTrust
        }
    }

    /// A table that is to be looked at.
    private struct Candidate {
        let number: UInt64
        let byteCount: Int

        var name: String { DatabaseManifest.fileName(ofTable: number) }
    }

    private let path: String
    private let log: Log
    private let clock: @Sendable () -> Instant
    /// By number, of tables that the database still has: less than LevelDB itself remembers of each.
    private let whole = Locked<[UInt64: Whole]>([:])

    /// - Parameters:
    ///   - path: of the database.
    ///   - clock: for the age of what is known.
    init(_ path: String, log: Log, clock: @escaping @Sendable () -> Instant = { .now }) {
        self.path = path
        self.log = log
        self.clock = clock
    }

    /// Looks at the tables that are not known to be whole.
    ///
    /// - Parameters:
    ///   - cause: told in the log.
    ///   - isEnding: asked between tables; true ends the look without a finding.
    /// - Returns: what is damaged, up to `Limits.damagedTablesBytesMax`; nothing for a table that the disk
    ///   does not give.
    /// - Complexity: reads all of those tables.
    func damagedTables(
        after cause: DatabaseError, isEnding: () -> Bool
    ) throws(FileError) -> [TableDamage.Table] {
        let tables = try DatabaseManifest(of: path).tables
        whole.withLock { known in known = known.filter { tables[$0.key] != nil } }
        let candidates = candidates(among: tables)
        guard !candidates.isEmpty else { return [] }
        log.warning(
            "a database cannot be written, and its tables are looked through for damage",
            [
                .text("database", path), .text("cause", cause.message),
                .integer("tableCount", candidates.count),
                .integer("byteCount", candidates.reduce(0) { $0 + $1.byteCount }),
            ])
        var damaged: [TableDamage.Table] = []
        var room = Limits.damagedTablesBytesMax
        for candidate in candidates where room > 0 {
            if isEnding() { return [] }
            guard let table = look(at: candidate) else { continue }
            damaged.append(table)
            room -= table.memoryByteCount
        }
        log.warning(
            "the tables of a database have been looked through",
            [.text("database", path), .integer("damagedTableCount", damaged.count)])
        return damaged
    }

    private func candidates(among tables: [UInt64: Int]) -> [Candidate] {
        let now = clock()
        return tables.sorted { $0.key < $1.key }.compactMap { number, byteCount in
            let candidate = Candidate(number: number, byteCount: byteCount)
            do throws(FileError) {
                let status = try File.status(of: "\(path)/\(candidate.name)")
                let isWhole = whole.withLock { $0[number]?.isStill(status, at: now) == true }
                return isWhole ? nil : candidate
            } catch {
                // A compaction has ended meanwhile; or it is gone, and the next opening says so.
                return error.isAbsence ? nil : candidate
            }
        }
    }

    /// - Returns: nil for a table that is not damaged, as far as can be seen.
    private func look(at candidate: Candidate) -> TableDamage.Table? {
        do throws(FileError) {
            let table = try TableFile("\(path)/\(candidate.name)", byteCount: candidate.byteCount)
            let status = try table.status()
            let kept: TableDamage.Kept
            let condition = try table.condition()
            // What a disk gave wrongly once is no damage yet.
            let isSure = condition == .whole ? true : try table.condition() == condition
            guard isSure else {
                log.error(
                    "a table reads as damaged once and as something else again: check memory and disk",
                    [.text("table", candidate.name)])
                return nil
            }
            switch condition {
            case .whole, .foreign:
                let found = Whole(
                    byteCount: status.byteCount, modified: status.modified, inode: status.inode,
                    since: clock())
                whole.withLock { $0[candidate.number] = found }
                return nil
            case .damaged(let blocks): kept = .blocks(blocks)
            case .withoutIndex: kept = .nothing
            }
            return TableDamage.Table(
                name: candidate.name, byteCount: candidate.byteCount, status: status, kept: kept)
        } catch {
            if !error.isAbsence {
                log.error(
                    "a table cannot be looked at, which is no damage: check the disk",
                    [.text("table", candidate.name), .text("error", error.description)])
            }
            return nil
        }
    }
}
