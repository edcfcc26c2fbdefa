import Buffers
import Execution
import Telemetry
import TestSupport
import Testing

@testable import BlockStore

/// Findings of damage are on disk before what they are about is gone.
@Suite(.timeLimit(.minutes(40)))
struct DamageNotesTests {
    private let scratch: ScratchTables
    private let file: String
    private let now = ManualClock().time
    private let cause = DatabaseError(statusText: "Corruption: block checksum mismatch")

    init() throws {
        scratch = try ScratchTables()
        file = scratch.folder + "/damage"
    }

    private func lines() throws -> [String] { DamageNotes(in: scratch.folder).lines }

    private func names() throws -> [String] { try File.names(in: scratch.path).sorted() }

    /// A folder has its place: nothing can be written there.
    private func withoutPlace(_ body: () throws -> Void) throws {
        try File.makeFolder(file)
        try body()
        try File.removeFolder(file)
    }

    private func keep(_ finding: String, _ notes: DamageNotes) throws -> Bool {
        defer { try? notes.save() }
        return notes.add(finding, now: now)
    }

    @Test func aFileThatIsRemovedIsDealtWith() throws {
        let notes = DamageNotes(in: scratch.folder)
        #expect(notes.lines.isEmpty)
        #expect(try keep("one", notes))
        #expect(try !keep("one", notes))
        #expect(notes.lines == ["\(now.rfc3339) one"])
        #expect(try lines() == notes.lines)
        try File.remove(file)
        #expect(notes.lines.isEmpty)
        #expect(try keep("two", notes))
        #expect(try lines() == ["\(now.rfc3339) two"])
    }

    @Test func whatIsRemovedBeforeTheNextFindingDoesNotComeBack() throws {
        let notes = DamageNotes(in: scratch.folder)
        #expect(try keep("one", notes))
        try File.remove(file)
        #expect(try keep("two", notes))
        #expect(notes.lines.count == 1)
    }

    /// They are in the log of the node then, each once.
    @Test func furtherOnesAreNewAllTheSame() throws {
        let notes = DamageNotes(in: scratch.folder)
        for number in 0..<Limits.damageNotesMax {
            #expect(notes.add("finding \(number)", now: now))
        }
        #expect(notes.add("one more", now: now))
        #expect(!notes.add("one more", now: now))
        #expect(notes.lines.count == Limits.damageNotesMax)
    }

    @Test func manyWhoAddToTheMarkLoseNothing() throws {
        let mark = RepairMark(in: scratch.folder)
        for _ in 0..<50 {
            let threads = RepairMark.Line.allCases.map { line in
                Thread(name: "mark") { try? mark.add([line]) }
            }
            for thread in threads { thread.join() }
            #expect(try mark.lines() == Set(RepairMark.Line.allCases))
            try mark.clear()
            #expect(try mark.lines().isEmpty)
        }
    }

    @Test func whatCouldNotBeKeptIsKeptWithTheNext() throws {
        let notes = DamageNotes(in: scratch.folder)
        try withoutPlace {
            #expect(notes.add("first", now: now))
            #expect(throws: FileError.self) { try notes.save() }
            #expect(!notes.add("first", now: now))
            #expect(throws: FileError.self) { try notes.save() }
        }
        #expect(notes.add("second", now: now))
        try notes.save()
        #expect(try lines().map { $0.hasSuffix("first") } == [true, false])
    }

    @Test func whoRemovesTheFileHasNotDealtWithWhatItDoesNotHave() throws {
        let notes = DamageNotes(in: scratch.folder)
        _ = notes.add("first", now: now)
        try notes.save()
        try File.remove(file)
        try withoutPlace {
            _ = notes.add("second", now: now)
            #expect(throws: FileError.self) { try notes.save() }
        }
        #expect(notes.lines.count == 1)
        try notes.save()
        #expect(try lines() == notes.lines)
    }

    /// It is not replaced, so nothing can be kept in it.
    @Test func aFileThatCannotBeReadKeepsNothing() throws {
        try File.makeFolder(file)
        let notes = DamageNotes(in: scratch.folder)
        #expect(notes.lines.count == 1)
        try notes.save()
        #expect(notes.add("first", now: now))
        #expect(throws: FileError.self) { try notes.save() }
    }

    @Test func aLogIsRepairedOnlyOnceThatIsTold() throws {
        let log = try killed()
        let contents = try File.readAll(log, limit: 1 << 20)
        let repair = DatabaseRepair(
            folder: scratch.folder, log: .silent, clock: ManualClock())
        try withoutPlace { try expectRefused(repair) }
        #expect(try File.readAll(log, limit: 1 << 20) == contents)
        #expect(try repair.mark.lines() == [.blocks])
        try repair.open(scratch.path, ScratchTables.settings).close()
        #expect(try lines().count == 1)
    }

    private func expectRefused(_ repair: DatabaseRepair) throws {
        #expect(throws: DatabaseError.self) {
            try repair.open(scratch.path, ScratchTables.settings)
        }
    }

    /// - Returns: the log of the database, as a kill leaves it, with its first record damaged.
    private func killed() throws -> String {
        let copy = scratch.folder + "/copy"
        let database = try LevelDatabase(scratch.path, ScratchTables.settings)
        for number in 200..<203 {
            var batch = WriteBatch()
            batch.put(Key(sequence: UInt64(number)), ScratchTables.value(number))
            try database.write(batch, isSynced: true)
        }
        try File.copyTree(scratch.path, to: copy)
        database.close()
        try File.removeTree(scratch.path)
        try File.rename(copy, to: scratch.path)
        let names = try DatabaseFolder(path: scratch.path).logNames()
        let log = scratch.path + "/" + (try #require(names.last))
        var contents = try File.readAll(log, limit: 1 << 20).array
        contents[20] ^= 1
        try File.replace(log, with: Bytes(contents))
        return log
    }

    @Test func aTableIsCutOutOnlyOnceThatIsTold() throws {
        let table = try scratch.tables()[1]
        let damaged = table.flipped(at: table.blocks[0].offset + 20)
        try table.overwrite(damaged)
        let finding = Locked<FileError?>(
            FileError(operation: "write", path: file, number: FileError.damaged))
        let repair = TableRepair(
            scratch.path, mark: RepairMark(in: scratch.folder), log: .silent, clock: ManualClock()
        ) { _ throws(FileError) in
            if let error = finding.withLock({ $0 }) { throw error }
        }
        let damage = try #require(repair.damage(after: cause) { false })
        #expect(throws: FileError.self) { try repair.cutOut(damage) }
        #expect(try File.readAll(table.path, limit: 1 << 20) == damaged)
        finding.withLock { $0 = nil }
        try repair.cutOut(damage)
        #expect(try File.readAll(table.path, limit: 1 << 20) != damaged)
    }

    @Test func aDatabaseIsMovedAwayOnlyOnceThatIsTold() throws {
        let mark = RepairMark(in: scratch.folder)
        let replacement = DatabaseReplacement(
            path: scratch.path, settings: ScratchTables.settings, mark: mark, now: now)
        let before = try names()
        #expect(throws: FileError.self) {
            try replacement.run { place throws(FileError) in
                throw FileError(operation: "write", path: place, number: FileError.damaged)
            }
        }
        #expect(try names() == before)
        let place = try replacement.run { _ in }
        #expect(try File.exists(place))
        #expect(try !File.exists(scratch.path))
    }

    /// What could not be told then is found again by the check that is owed still.
    @Test func aCheckDoesNotEndBeforeWhatItHasFoundIsKept() throws {
        let repair = DatabaseRepair(
            folder: scratch.folder, log: .silent, clock: ManualClock())
        try repair.mark.add([.blocks])
        try withoutPlace {
            repair.note("two blocks are missing")
            try repair.checkEnded()
            #expect(try repair.mark.lines() == [.blocks])
        }
        try repair.checkEnded()
        #expect(try repair.mark.lines() == [])
        #expect(try lines().count == 1)
    }
}
