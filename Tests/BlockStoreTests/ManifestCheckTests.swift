import Buffers
import Execution
import Telemetry
import TestSupport
import Testing

@testable import BlockStore

/// A manifest that is older or shorter than what lies beside it, and all that is not.
@Suite(.timeLimit(.minutes(40)))
struct ManifestCheckTests {
    /// How files of two states came into one folder.
    enum Mixture: CaseIterable {
        /// `CURRENT` and manifest of the older state.
        case manifest
        /// All files of the older state were copied over the later one.
        case overlay
        /// The later state has a manifest that was cut where a change ends.
        case cut
    }

    private let folder: String
    private let path: String
    private let values = Bytes([UInt8](repeating: 7, count: 5_000))

    init() throws {
        folder = try File.makeTemporaryFolder(prefix: "holdfast-manifests-")
        path = folder + "/blocks"
        try DatabaseFolder(path: path).make(ScratchTables.settings)
    }

    private func write(_ numbers: Range<Int>, to database: LevelDatabase) throws {
        for number in numbers {
            var batch = WriteBatch()
            batch.put(Key(sequence: UInt64(number)), values)
            batch.put(Key(sequence: UInt64(number + 10_000)), "small")
            try database.write(batch, isSynced: true)
        }
    }

    private func open(_ path: String) throws -> LevelDatabase {
        try LevelDatabase(path, ScratchTables.settings)
    }

    /// A database, and what it was like earlier.
    ///
    /// - Parameters:
    ///   - isStopped: whether both were closed with what they had in tables, or killed with it in the log.
    ///   - body: gets the paths of the earlier and the later state.
    private func withStates(isStopped: Bool, _ body: (String, String) throws -> Void) throws {
        defer { try? File.removeTree(folder) }
        for (name, start) in [("/earlier", 0), ("/later", 30)] {
            let database = try open(path)
            try write(start..<start + 20, to: database)
            if isStopped { database.flush() }
            try File.copyTree(path, to: folder + name)
            // What the later state alone has in its tables.
            try write(start + 20..<start + 25, to: database)
            database.close()
        }
        try body(folder + "/earlier", folder + "/later")
    }

    private func mix(_ mixture: Mixture, _ earlier: String, _ later: String) throws {
        let current = try File.readAll(later + "/CURRENT", limit: 100)
        let manifest = later + "/" + current.dropLast(1).displayText
        switch mixture {
        case .overlay: try File.copyTree(earlier + "/.", to: later)
        case .manifest:
            for name in try File.names(in: earlier) where name.contains("MANIFEST") {
                try File.copyTree("\(earlier)/\(name)", to: later)
            }
            try File.copyTree(earlier + "/CURRENT", to: later)
        case .cut:
            var reader = try DatabaseLogReader(manifest, recordByteCountMin: 0)
            let all = try #require(try reader.next())
            let first = try #require(try reader.next())
            var writer = try DatabaseLogWriter(manifest)
            try writer.append(all)
            try writer.append(first)
        }
    }

    @Test(arguments: Mixture.allCases, [false, true])
    func filesOfTwoStatesAreRefusedAndStay(mixture: Mixture, isStopped: Bool) throws {
        // A killed database has made no change that could be cut off.
        if mixture == .cut, !isStopped { return }
        try withStates(isStopped: isStopped) { earlier, later in
            try mix(mixture, earlier, later)
            let names = try File.names(in: later).sorted()
            let error = #expect(throws: DatabaseError.self) { try repaired(later) }
            #expect(error?.kind == .corruption)
            #expect(error?.message.contains("two states") == true)
            #expect(try File.names(in: later).sorted() == names)
        }
    }

    private func repaired(_ path: String, isSynced: Bool = true) throws -> [String] {
        let repair = DatabaseRepair(
            folder: folder, isSynced: isSynced, log: .silent, clock: ManualClock())
        try repair.open(path, ScratchTables.settings).close()
        return repair.notes.lines
    }

    /// As a kill leaves it behind each write, each change to a new log, each opening and each compaction.
    @Test func everythingThatAKillLeavesBehindPasses() throws {
        defer { try? File.removeTree(folder) }
        var states: [String] = []
        let keep = {
            states.append("\(folder)/\(states.count)")
            try File.copyTree(path, to: states[states.count - 1])
        }
        try keep()
        for round in 0..<3 {
            let database = try open(path)
            try keep()
            try write(round * 10..<round * 10 + 10, to: database)
            try keep()
            if round % 2 == 1 { database.flush() }
            try keep()
            try write(round * 10..<round * 10 + 3, to: database)
            if round == 2 { database.compact() }
            try keep()
            database.close()
            try keep()
        }
        for state in states { #expect(try repaired(state) == [], "\(state)") }
    }

    /// `CURRENT` is the last that an opening writes.
    @Test func anOpeningThatWasKilledPasses() throws {
        try withStates(isStopped: false) { _, later in
            // What is being opened is as it was, and the next state has begun beside it.
            let opened = folder + "/opened"
            try File.copyTree(later, to: opened)
            let database = try open(opened)
            let begun = folder + "/begun"
            try File.copyTree(opened, to: begun)
            database.close()
            let old = Set(try File.names(in: later))
            for name in try File.names(in: begun) where !old.contains(name) {
                try File.copyTree("\(begun)/\(name)", to: later)
            }
            #expect(try File.names(in: later).count { $0.hasPrefix("MANIFEST-") } == 2)
            #expect(try repaired(later) == [])
        }
    }

    /// A repair that was broken off behind its last change leaves out numbers itself.
    @Test func aRepairedLogPasses() throws {
        try withStates(isStopped: false) { _, later in
            let name = try #require(try DatabaseFolder(path: later).logNames().last)
            var contents = try File.readAll("\(later)/\(name)", limit: 1 << 24).array
            contents[0] ^= 1
            try File.replace("\(later)/\(name)", with: Bytes(contents))
            let manifest = try DatabaseManifest(of: later)
            let check = ManifestCheck(path: later, manifest: manifest, isSynced: true)
            let damaged = try DatabaseLogExtent.all(in: later)
            #expect(check.gaps(in: damaged).count == 1)
            try DatabaseLogCleaning(path: later, logs: damaged).run()
            let logs = try DatabaseLogExtent.all(in: later)
            #expect(logs.allSatisfy { !$0.isDamaged })
            #expect(check.contradiction(of: logs) == nil)
            #expect(try repaired(later) == [])
            let database = try open(later)
            defer { database.close() }
            #expect(try database.value(for: Key(sequence: 49)) == values)
            #expect(try database.value(for: Key(sequence: 30)) == nil)
        }
    }

    /// Without syncs a power cut may take the end of a log behind which another one was begun.
    @Test(arguments: [false, true])
    func betweenTwoLogsSomethingMayBeMissingWhereNothingIsSynced(isSynced: Bool) throws {
        try withStates(isStopped: false) { _, later in
            let first = try DatabaseManifest(of: later)
            let next = later + "/" + DatabaseManifest.fileName(ofLog: first.logNumber + 7)
            var writer = try DatabaseLogWriter(next)
            try writer.append(
                DatabaseLogExtent.emptyRecord(at: first.lastSequence + 1_000))
            if isSynced {
                #expect(throws: DatabaseError.self) { try repaired(later) }
            } else {
                #expect(try repaired(later, isSynced: false) == [])
            }
        }
    }
}
