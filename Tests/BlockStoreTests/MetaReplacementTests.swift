import Buffers
import Execution
import Multiformats
import TestSupport
import Testing

@testable import BlockStore

/// A `meta/` that cannot be used is made anew from the log: index, counters, pins.
@Suite(.serialized, .timeLimit(.minutes(40)))
struct MetaReplacementTests {
    enum Damage: CaseIterable {
        /// `CURRENT` holds something else than a name.
        case current
        /// `CURRENT` names a file that is not there.
        case currentOfNothing
        case manifest
        case tables
        case missingTables
    }

    private let scratch: ScratchStore
    private let blocks: [VerifiedBlock]
    private let pins: [Pin]
    private let mark: RepairMark

    init() throws {
        scratch = try ScratchStore()
        mark = RepairMark(in: scratch.folder)
        let all = try (0..<60).map { try VerifiedBlock(sample: $0) }
        let store = try scratch.open()
        try store.append(all, by: soon())
        for (number, block) in all.enumerated() {
            try store.pin(block.cid, mode: .direct, name: "\(number)", by: soon())
            if number % 2 == 0 {
                try store.pin(
                    block.cid, mode: .recursive, name: "", holder: .profile("all"), by: soon())
            }
        }
        for block in all[20..<40] { try store.unpin(block.cid, by: soon()) }
        try store.pin(all[30].cid, mode: .recursive, name: "again", by: soon())
        for block in all[50...] { try store.delete(block.multihash) }
        blocks = Array(all[..<50])
        pins = try Self.pins(in: store)
        store.close()
    }

    private var path: String { scratch.folder + "/meta" }

    private static func pins(in store: BlockStore) throws -> [Pin] {
        var pins: [Pin] = []
        try store.forEachRow(of: Pin.table) { row in
            pins.append(Pin(row))
            return true
        }
        return pins
    }

    private func copies() throws -> [String] {
        try File.names(in: scratch.folder).filter { $0.hasPrefix("meta-damaged-") }
    }

    private func expectAll(in store: BlockStore) throws {
        #expect(try Self.pins(in: store) == pins)
        for block in blocks { #expect(try store.get(block.multihash) == block.bytes) }
        var count = 0
        try store.forEachBlock { _, _ in
            count += 1
            return true
        }
        #expect(count == blocks.count && store.statistics.blockCount == count)
        #expect(store.statistics.byteCount == blocks.reduce(0) { $0 + $1.bytes.count })
        #expect(store.quarantinedCount == 0)
    }

    private func isAllRead(in store: BlockStore) -> Bool {
        guard (try? Self.pins(in: store)) == pins,
            (try? store.forEachBlock { _, _ in true }) != nil
        else { return false }
        return blocks.allSatisfy { (try? store.get($0.multihash)) == $0.bytes }
    }

    /// - Parameter place: of the byte; in the middle if not given.
    private func flip(_ file: String, at place: Int? = nil) throws {
        var bytes = try File.readAll(file, limit: 1 << 24).array
        bytes[place ?? bytes.count / 2] ^= 0x10
        try File.replace(file, with: Bytes(bytes))
    }

    private func files(_ isWanted: (String) -> Bool) throws -> [String] {
        let files = try File.names(in: path).filter(isWanted).map { path + "/" + $0 }
        #expect(files.count > 0)
        return files
    }

    private func make(_ damage: Damage) throws {
        switch damage {
        case .current: try File.replace(path + "/CURRENT", with: "garbage")
        case .currentOfNothing: try File.replace(path + "/CURRENT", with: "MANIFEST-009999\n")
        case .manifest:
            // In its first record, behind which others follow.
            for file in try files({ $0.hasPrefix("MANIFEST-") }) { try flip(file, at: 12) }
        case .tables:
            for file in try files({ $0.hasSuffix(".ldb") }) { try flip(file) }
        case .missingTables:
            for file in try files({ $0.hasSuffix(".ldb") }) { try File.remove(file) }
        }
    }

    @Test(arguments: Damage.allCases)
    func whatWasAcknowledgedComesFromTheLog(damage: Damage) throws {
        try make(damage)
        let first = try scratch.open()
        // Damage that the opening does not meet is met by a reader, and dealt with by the next start.
        if !isAllRead(in: first) {
            #expect(!first.damage.isEmpty)
            #expect(try mark.lines() == [.doubtedMeta])
        }
        first.close()
        let store = try scratch.open()
        try expectAll(in: store)
        #expect(store.damage.contains { $0.contains("made anew from blocks/") })
        #expect(try copies().count == 1)
        #expect(try mark.lines() == [])
        try store.pin(blocks[0].cid, mode: .recursive, name: "new", by: soon())
        store.close()
        let last = try scratch.open()
        #expect(last.recovery == RecoveryReport())
        #expect(try last.pin(of: blocks[0].cid)?.name == "new")
        #expect(!last.damage.isEmpty, "a restart does not make it look whole")
        last.close()
    }

    /// Between the moving away and the making there is none.
    @Test(arguments: [false, true])
    func aReplacementThatWasBrokenOffGoesOn(isBegun: Bool) throws {
        try File.rename(path, to: path + "-away")
        #expect(throws: BlockStoreError.self) {
            var options = scratch.options
            options.makesIfMissing = false
            _ = try BlockStore.open(options)
        }
        try mark.add([.meta, .movedMeta])
        if isBegun {
            try File.makeFolder(path)
            try File.replace(path + "/LOCK", with: .empty)
        }
        var options = scratch.options
        options.makesIfMissing = false
        let store = try BlockStore.open(options)
        defer { store.close() }
        #expect(store.recovery.didCheckEverything)
        try expectAll(in: store)
        #expect(try mark.lines() == [])
    }

    /// A memory that flips bits, or a disk for a moment: a second look finds nothing.
    @Test func whatIsWholeAtASecondLookStays() throws {
        try mark.add([.doubtedMeta])
        let store = try scratch.open()
        defer { store.close() }
        #expect(try copies() == [] && mark.lines() == [])
        #expect(store.recovery == RecoveryReport())
        try expectAll(in: store)
    }

    /// Then nobody has all: what is missing is told, and nothing wrong is shown.
    @Test func whatTheLogHasLostTooIsTold() throws {
        let lost = pins[3]
        try cutEntry(of: lost)
        try make(.current)
        let store = try scratch.open()
        defer { store.close() }
        #expect(try Self.pins(in: store) == pins.filter { $0 != lost })
        #expect(store.damage.contains { $0.contains("pins that were there may be missing") })
    }

    /// Takes the last byte off the entry of a pin in the log.
    private func cutEntry(of pin: Pin) throws {
        let options = scratch.options
        let database = try LevelDatabase(
            scratch.folder + "/blocks",
            .log(writeBufferByteCount: options.logWriteBufferByteCount, openFileCountMax: 100))
        defer { database.close() }
        var batch = WriteBatch()
        for (key, value) in try Self.entries(of: database) {
            guard let row = try? StoredRow(decoding: value),
                row.key == Pin.table.place(of: pin.key)
            else { continue }
            batch.put(key, value.prefix(value.count - 1))
        }
        #expect(batch.count == 1)
        try database.write(batch, isSynced: true)
    }

    private static func entries(of database: LevelDatabase) throws -> [(Key, Bytes)] {
        var entries: [(Key, Bytes)] = []
        let iterator = try database.makeIterator()
        iterator.seek(Key([]))
        while iterator.isValid {
            entries.append((iterator.key, iterator.value))
            iterator.next()
        }
        return entries
    }
}
