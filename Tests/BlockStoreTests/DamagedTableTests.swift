import Buffers
import Execution
import Multiformats
import TestSupport
import Testing
import Vault

@testable import BlockStore

/// A store with a damaged table: it takes writes again, serves what is whole, and says what is not.
@Suite(.serialized, .timeLimit(.minutes(40)))
struct DamagedTableTests {
    private static let tableCount = 4
    private static let blocksPerTable = 60
    private let scratch: ScratchStore
    private let blocks: [VerifiedBlock]
    /// In no table.
    private let other: VerifiedBlock

    init() throws {
        scratch = try ScratchStore()
        blocks = try (0..<Self.tableCount * Self.blocksPerTable).map {
            try VerifiedBlock(sample: $0, byteCount: 2_000)
        }
        other = try VerifiedBlock(sample: 100_000)
    }

    private var path: String { scratch.folder + "/blocks" }

    /// Each table holds the blocks that came after those of the one before.
    private func fill(_ store: BlockStore) throws -> [SampleTable] {
        for table in 0..<Self.tableCount {
            let first = table * Self.blocksPerTable
            try store.append(Array(blocks[first..<first + Self.blocksPerTable]), by: soon())
            try database(of: store).flush()
        }
        // The walk waits for the index.
        try store.forEachBlock { _, _ in true }
        let tables = try tables()
        try #require(tables.count == Self.tableCount)
        return tables
    }

    private func tables() throws -> [SampleTable] {
        try DatabaseManifest(of: path).tables.sorted { $0.key < $1.key }.map {
            try SampleTable("\(path)/\(DatabaseManifest.fileName(ofTable: $0.key))")
        }
    }

    private func database(of store: BlockStore) throws -> LevelDatabase {
        try #require(try store.log.holder.current() as? LevelDatabase)
    }

    /// Has LevelDB read all tables, as a compaction would after some deletions.
    private func compact(_ store: BlockStore) throws {
        let database = try database(of: store)
        var batch = WriteBatch()
        batch.delete(Key(sequence: 0))
        batch.delete(Key(sequence: 1 << 40))
        try database.write(batch, isSynced: false)
        database.flush()
        database.compact()
    }

    /// A compaction meets the damage, the next write fails, and the store gets over it.
    private func meetDamage(_ store: BlockStore) throws {
        try compact(store)
        let error = #expect(throws: BlockStoreError.self) {
            try store.append([other], by: soon())
        }
        #expect(error?.code == .readOnly)
        let deadline = soon()
        while !deadline.hasPassed {
            if case .writable = store.health { break }
            pause(for: .milliseconds(1))
        }
        #expect(try copies().count == 1)
        // Now it meets no damage any more.
        try compact(store)
        try store.append([other], by: soon())
        #expect(try store.get(other.multihash) == other.bytes)
    }

    private func copies() throws -> [String] {
        try File.names(in: scratch.folder).filter { $0.contains("blocks-damaged") }
    }

    /// The blocks that have bytes in the data block that holds another one.
    private func neighbours(of block: VerifiedBlock, in table: SampleTable) throws
        -> [VerifiedBlock]
    {
        let place = try #require(table.contents.firstIndex(of: block.bytes))
        let index = try #require(table.blockIndex(at: place))
        return blocks.filter { table.holds($0.bytes, inBlock: index) }
    }

    private func flip(_ block: VerifiedBlock, in table: SampleTable) throws {
        let place = try #require(table.contents.firstIndex(of: block.bytes))
        try table.overwrite(table.flipped(at: place + 1_000))
    }

    private func checkServes(
        _ store: BlockStore, allBut lost: [VerifiedBlock]
    ) throws {
        let lost = Set(lost.map(\.multihash))
        for block in blocks {
            if lost.contains(block.multihash) {
                let error = #expect(throws: BlockStoreError.self) {
                    try store.get(block.multihash)
                }
                #expect(error?.code == .corrupt)
            } else {
                #expect(try store.get(block.multihash) == block.bytes)
            }
        }
        #expect(store.statistics.quarantinedCount == lost.count)
    }

    /// Blocks that are stored again are served again, also after the check at the next start.
    private func checkHeals(_ store: BlockStore, _ lost: [VerifiedBlock]) throws {
        try store.append(lost, by: soon())
        for block in blocks + [other] {
            #expect(try store.get(block.multihash) == block.bytes)
        }
        try store.forEachBlock { _, _ in true }
        #expect(store.statistics.blockCount == blocks.count + 1)
        store.close()
        let again = try scratch.open()
        #expect(again.recovery.didCheckEverything)
        #expect(again.recovery.lostBlockCount == 0)
        #expect(again.statistics.blockCount == blocks.count + 1)
        for block in blocks + [other] {
            #expect(try again.get(block.multihash) == block.bytes)
        }
        again.close()
        let last = try scratch.open()
        #expect(last.recovery == RecoveryReport())
        last.close()
    }

    @Test func aFlippedBitCostsTheBlocksBesideItUntilTheyAreStoredAgain() throws {
        let first = try scratch.open()
        let tables = try fill(first)
        first.close()
        let lost = try neighbours(of: blocks[75], in: tables[1])
        #expect((1...3).contains(lost.count))
        try flip(blocks[75], in: tables[1])
        let store = try scratch.open()
        try meetDamage(store)
        try checkServes(store, allBut: lost)
        try checkHeals(store, lost)
    }

    @Test func aTableThatWasCutOffCostsItsBlocksUntilTheyAreStoredAgain() throws {
        let first = try scratch.open()
        let tables = try fill(first)
        first.close()
        try tables[2].overwrite(tables[2].contents.prefix(tables[2].contents.count / 2))
        let store = try scratch.open()
        try meetDamage(store)
        let start = 2 * Self.blocksPerTable
        let lost = Array(blocks[start..<start + Self.blocksPerTable])
        try checkServes(store, allBut: lost)
        try checkHeals(store, lost)
    }

    /// Blocks that were written last, since the start: that the log ends before them now is told, and is
    /// no reason to take no more.
    @Test func theEndOfTheLogMayBeWhatIsDamaged() throws {
        let store = try scratch.open()
        let table = try #require(try fill(store).last)
        let block = try #require(blocks.last)
        let lost = try neighbours(of: block, in: table)
        try flip(block, in: table)
        try meetDamage(store)
        try checkServes(store, allBut: lost)
        try checkHeals(store, lost)
    }

    @Test func whatNobodyHasReadIsFoundMissingByTheCheckAtTheNextStart() throws {
        let store = try scratch.open()
        let tables = try fill(store)
        let lost = try neighbours(of: blocks[75], in: tables[1])
        try flip(blocks[75], in: tables[1])
        try meetDamage(store)
        store.close()
        let again = try scratch.open()
        defer { again.close() }
        #expect(again.recovery.didCheckEverything)
        #expect(again.recovery.lostBlockCount == lost.count)
        try checkServes(again, allBut: lost)
    }

    /// The index still says that they are there.
    @Test func whatIsStoredAgainBeforeAnybodyHasReadItIsWritten() throws {
        let store = try scratch.open()
        let tables = try fill(store)
        let lost = try neighbours(of: blocks[75], in: tables[1])
        try flip(blocks[75], in: tables[1])
        try meetDamage(store)
        #expect(store.quarantinedCount == 0)
        let last = store.lastSequence
        try store.append([blocks[0]], by: soon())
        #expect(store.lastSequence == last, "what is there is not written again")
        try checkHeals(store, lost)
    }

    /// Nothing of the log can be read then, not even where it ends.
    @Test(arguments: [false, true])
    func aLogOfOneDamagedTableIsOpened(isCutOff: Bool) throws {
        let store = try scratch.open()
        let lost = Array(blocks[..<Self.blocksPerTable])
        try store.append(lost, by: soon())
        try store.forEachBlock { _, _ in true }
        store.close()
        let tables = try tables()
        #expect(tables.count == 1)
        let table = try #require(tables.first)
        try table.overwrite(
            isCutOff
                ? table.contents.prefix(table.contents.count / 2)
                : table.flipped(at: table.footer.index.offset))
        let again = try scratch.open()
        defer { again.close() }
        #expect(try copies().count == 1)
        #expect(again.recovery.didCheckEverything)
        #expect(again.recovery.lostBlockCount == lost.count)
        #expect(again.statistics.quarantinedCount == lost.count)
        try again.append(lost + [other], by: soon())
        for block in lost + [other] { #expect(try again.get(block.multihash) == block.bytes) }
    }

    /// LevelDB says of such a table that a call of the system failed, and not that it is damaged.
    @Test func aTableThatWasCutOffDoesNotEndTheCheckAtTheStart() throws {
        let store = try scratch.open()
        let table = try fill(store)[1]
        store.close()
        try table.overwrite(table.contents.prefix(table.contents.count / 2))
        try File.replace(scratch.folder + "/repairing", with: .empty)
        let again = try scratch.open()
        defer { again.close() }
        #expect(again.recovery.didCheckEverything)
        #expect(again.recovery.lostBlockCount == Self.blocksPerTable)
        let start = Self.blocksPerTable
        try checkServes(again, allBut: Array(blocks[start..<2 * start]))
        #expect(try !File.exists(scratch.folder + "/repairing"))
    }

    /// It is made anew as a whole.
    @Test func nothingIsCutOutOfTheIndex() throws {
        let store = try scratch.open()
        _ = try fill(store)
        store.close()
        let cause = DatabaseError(statusText: "Corruption: block checksum mismatch")
        let disk = FolderDisk(scratch.options)
        for name in DatabaseName.allCases {
            let folder = "\(scratch.folder)/\(name.rawValue)"
            let tables = try DatabaseManifest(of: folder).tables
            #expect(tables.count > 0)
            for number in tables.keys {
                let path = "\(folder)/\(DatabaseManifest.fileName(ofTable: number))"
                let contents = try File.readAll(path, limit: 1 << 28)
                try File.replace(path, with: contents.dropLast(1))
            }
        }
        #expect(disk.damage(of: .meta, after: cause) { false } == nil)
        #expect(disk.damage(of: .blocks, after: cause) { false }?.tables.count == Self.tableCount)
    }
}
