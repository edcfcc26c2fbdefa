import Buffers
import Execution
import Telemetry
import TestSupport
import Testing

@testable import BlockStore

/// Damaged tables, replaced by what is whole in them.
@Suite(.timeLimit(.minutes(40)))
struct TableRepairTests {
    private let scratch: ScratchTables
    private let tables: [SampleTable]
    private let mark: RepairMark
    private let repair: TableRepair
    private let cause = DatabaseError(statusText: "Corruption: block checksum mismatch")

    init() throws {
        scratch = try ScratchTables()
        tables = try scratch.tables()
        mark = RepairMark(in: scratch.folder)
        repair = TableRepair(
            scratch.path, mark: mark, log: .silent, clock: ManualClock())
    }

    private func found() -> TableDamage? { repair.damage(after: cause) { false } }

    private func copies() throws -> [String] {
        try File.names(in: scratch.folder).filter { $0.contains("-damaged") }
    }

    /// Reads everything with LevelDB, has it rewrite the tables, and reads again.
    private func expect(_ numbers: [Int]) throws {
        let database = try LevelDatabase(scratch.path, ScratchTables.settings)
        defer { database.close() }
        #expect(try scratch.numbersFound(in: database) == numbers)
        // Above all tables, so that none of them is left out.
        var batch = WriteBatch()
        batch.delete(Key(sequence: 0))
        batch.delete(Key(sequence: 1_000))
        try database.write(batch, isSynced: false)
        database.flush()
        database.compact()
        batch.clear()
        batch.put(Key(sequence: 255), ScratchTables.value(255))
        try database.write(batch, isSynced: true)
        #expect(try scratch.numbersFound(in: database) == numbers + [255])
    }

    /// Each data block of a table in the middle.
    @Test(arguments: 0..<3)
    func whatIsInOtherDataBlocksIsReadByLevelDB(block: Int) throws {
        let table = tables[1]
        try table.overwrite(table.flipped(at: table.blocks[block].offset + 20))
        let damage = try #require(found())
        #expect(damage.tables.map(\.name) == [table.name])
        try repair.cutOut(damage)
        let lost = scratch.numbers.filter { table.holds(ScratchTables.value($0), inBlock: block) }
        #expect(lost.count == 4)
        try expect(scratch.numbers.filter { !lost.contains($0) })
        #expect(try mark.databases() == [.blocks])
        // The damaged one, byte by byte.
        let copies = try copies()
        #expect(copies == ["blocks-damaged-1700000000"])
        #expect(try File.names(in: scratch.folder + "/blocks-damaged-1700000000") == [table.name])
        let kept = try File.readAll(
            "\(scratch.folder)/blocks-damaged-1700000000/\(table.name)", limit: 1 << 20)
        #expect(kept == table.flipped(at: table.blocks[block].offset + 20))
    }

    @Test(arguments: [1, 48, 49, 1_000, 3_000, .max])
    func aTableThatIsCutOffIsEmptyForLevelDB(missingByteCount: Int) throws {
        let table = tables[0]
        try table.overwrite(table.contents.dropLast(missingByteCount))
        try repair.cutOut(try #require(found()))
        #expect(found() == nil)
        try expect(Array(ScratchTables.valuesPerTable + 1...scratch.numbers.upperBound))
    }

    @Test func allTablesMayBeDamaged() throws {
        for table in tables { try table.overwrite(table.flipped(at: table.footer.index.offset)) }
        let damage = try #require(found())
        #expect(damage.tables.count == tables.count)
        try repair.cutOut(damage)
        try expect([])
        #expect(try copies().count == 1)
    }

    /// As the disk would say it of a table that it does not give: a folder cannot be read.
    @Test func whatCannotBeReadIsNoDamage() throws {
        let table = tables[1]
        try File.remove(table.path)
        try File.makeFolder(table.path)
        #expect(found() == nil)
        try tables[2].overwrite(tables[2].contents.prefix(100))
        #expect(found()?.tables.map(\.name) == [tables[2].name])
    }

    @Test func otherErrorsThanDamageAskForNoLook() throws {
        try tables[1].overwrite(tables[1].contents.prefix(100))
        for text in [
            "IO error: /a/000003.log: No space left on device",
            "IO error: /a/000005.ldb: Input/output error",
        ] {
            #expect(repair.damage(after: DatabaseError(statusText: text)) { false } == nil)
        }
        for text in [
            "Corruption: not an sstable (bad magic number)",
            "IO error: /a/000005.ldb: Invalid argument",
        ] {
            #expect(repair.damage(after: DatabaseError(statusText: text)) { false } != nil)
        }
        #expect(repair.damage(after: cause) { true } == nil)
    }

    /// A folder where the new table has to go: the repair ends there each time.
    @Test func aRepairThatIsBrokenOffLeavesTheTableAndOneCopy() throws {
        let table = tables[1]
        let damaged = table.flipped(at: 20)
        try table.overwrite(damaged)
        try File.makeFolder(table.path + ".new")
        for _ in 0..<3 {
            let damage = try #require(found())
            #expect(throws: FileError.self) { try repair.cutOut(damage) }
            #expect(try File.readAll(table.path, limit: 1 << 20) == damaged)
            #expect(try copies().count == 1)
            #expect(try mark.databases() == [.blocks])
        }
        try File.removeFolder(table.path + ".new")
        try repair.cutOut(try #require(found()))
        #expect(found() == nil)
        #expect(try copies().count == 1)
    }

    /// LevelDB has made another one of that name, or nobody knows.
    @Test func aTableThatHasChangedSinceTheLookStays() throws {
        let table = tables[1]
        try table.overwrite(table.flipped(at: 20))
        let damage = try #require(found())
        try File.replace(table.path, with: table.contents)
        try repair.cutOut(damage)
        #expect(try File.readAll(table.path, limit: 1 << 20) == table.contents)
        try expect(Array(scratch.numbers))
    }

    @Test func aTableThatWasFoundWholeIsNotReadAgainForAWhile() throws {
        let now = Locked(Instant(nanoseconds: 1_000))
        let survey = TableSurvey(scratch.path, log: .silent) { now.withLock { $0 } }
        func damagedNames() throws -> [String] {
            try survey.damagedTables(after: cause) { false }.map(\.name)
        }
        #expect(try damagedNames() == [])
        // With the size and the time that it had: only reading it tells.
        let (known, other) = (tables[0], tables[1])
        let modified = try File.status(of: known.path).modified
        try known.overwrite(known.flipped(at: 20))
        try File.setModified(known.path, modified)
        #expect(try damagedNames() == [])
        try other.overwrite(other.contents.prefix(100))
        #expect(try damagedNames() == [other.name])
        #expect(try damagedNames() == [other.name])
        now.withLock { $0 = $0.advanced(by: Limits.wholeTableTrust) }
        #expect(try damagedNames() == [known.name, other.name])
    }
}
