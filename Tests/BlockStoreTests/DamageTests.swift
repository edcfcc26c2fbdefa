import Buffers
import Execution
import Multiformats
import TestSupport
import Testing
import Vault

@testable import BlockStore
@testable import crash_child

/// Bits that flip on disk: found, told, never served.
@Suite(.serialized, .timeLimit(.minutes(40)))
struct DamageTests {
    @Test func aBlockWithAFlippedBitIsQuarantinedAndNeverServed() throws {
        let scratch = try ScratchStore()
        let blocks = try filled(scratch)
        try flipBits(in: scratch.folder + "/blocks", suffix: ".ldb", count: 3)
        let store = try scratch.open()
        var damaged: [VerifiedBlock] = []
        for block in blocks {
            do {
                #expect(try store.get(block.multihash) == block.bytes)
            } catch {
                #expect(error.code == .corrupt)
                #expect(error.multihash == block.multihash)
                damaged.append(block)
            }
        }
        #expect(damaged.count > 0)
        #expect(store.statistics.quarantinedCount == damaged.count)
        #expect(store.statistics.blockCount == blocks.count)
        try store.pin(blocks[0].cid, mode: .direct, name: "flush", by: soon())
        store.close()
        try checkQuarantineAndHeal(try scratch.open(), damaged)
    }

    /// The quarantine outlives a restart; a block that is stored again leaves it.
    private func checkQuarantineAndHeal(
        _ store: BlockStore, _ damaged: [VerifiedBlock]
    ) throws {
        let count = store.statistics.blockCount
        #expect(try quarantined(store) == Set(damaged.map(\.multihash)))
        for block in damaged {
            #expect(throws: BlockStoreError.self) { try store.get(block.multihash) }
            #expect(throws: BlockStoreError.self) { try store.stat(block.multihash) }
        }
        try store.append(damaged, by: soon())
        for block in damaged { #expect(try store.get(block.multihash) == block.bytes) }
        // The walk waits for the index, and with it for the quarantine to be lifted on disk.
        try store.forEachBlock { _, _ in true }
        #expect(try quarantined(store) == [])
        #expect(store.statistics.blockCount == count)
        store.close()
        let again = try BlockStore.open(store.options)
        for block in damaged { #expect(try again.get(block.multihash) == block.bytes) }
        #expect(again.statistics.blockCount == count)
        #expect(again.statistics.quarantinedCount == 0)
    }

    @Test func aDamagedLogIsCopiedAsideAndEverythingIsChecked() throws {
        let scratch = try ScratchStore()
        let (options, acknowledged) = try damagedLog(scratch)
        let store = try BlockStore.open(options)
        #expect(store.recovery.didCheckEverything)
        #expect(try copies(options.folder).count == 1)
        try checkServesOnlyRightBytes(store, acknowledged.blocks)
        store.close()
        let again = try BlockStore.open(options)
        #expect(!again.recovery.didCheckEverything)
        try checkServesOnlyRightBytes(again, acknowledged.blocks)
        try again.append(acknowledged.blocks.map(SampleBlock.make), by: soon())
        for number in acknowledged.blocks {
            let block = try SampleBlock.make(number)
            #expect(try again.get(block.multihash) == block.bytes)
        }
    }

    /// A store that was killed with everything in its log, and a bit of that flipped.
    private func damagedLog(
        _ scratch: ScratchStore
    ) throws -> (BlockStoreOptions, Acknowledgements) {
        var options = scratch.options
        // One memtable holds everything, so that the log file does too.
        options.logWriteBufferByteCount = 64 << 20
        options.folder = scratch.folder + "/store"
        let child = try ChildProcess.run(
            BuiltProgram.path("crash-child"), [options.folder, "1", "--count", "12"])
        #expect(child.exitCode == 0)
        var acknowledged = Acknowledgements()
        acknowledged.read(child.outputText)
        #expect(acknowledged.blocks.count == 12)
        try flipBits(in: options.folder + "/blocks", suffix: ".log", count: 1)
        return (options, acknowledged)
    }

    private func copies(_ folder: String) throws -> [String] {
        try File.names(in: folder).filter { $0.contains("-damaged") }
    }

    /// A folder where the new log has to go: the repair ends there each time.
    @Test func aRepairThatIsBrokenOffLeavesTheLogsAndOneCopyAndAsksForTheCheck() throws {
        let scratch = try ScratchStore()
        let (options, acknowledged) = try damagedLog(scratch)
        let names = try File.names(in: options.folder + "/blocks")
        let log = options.folder + "/blocks/" + (try #require(names.last { $0.hasSuffix(".log") }))
        let contents = try File.readAll(log, limit: 1 << 28)
        try File.makeFolder(log + ".new")
        for _ in 0..<3 {
            #expect(throws: BlockStoreError.self) { try BlockStore.open(options) }
            #expect(try File.readAll(log, limit: 1 << 28) == contents)
            let copies = try copies(options.folder)
            #expect(copies.count == 1)
            let copy = "\(options.folder)/\(copies[0])\(log.dropFirst(File.folder(of: log).count))"
            #expect(try File.readAll(copy, limit: 1 << 28) == contents)
        }
        try File.removeFolder(log + ".new")
        // As if the repair had ended, and the check after it had not: the mark alone asks for it.
        let store = try BlockStore.open(options)
        #expect(store.recovery.didCheckEverything)
        try checkServesOnlyRightBytes(store, acknowledged.blocks)
        store.close()
        try File.replace(options.folder + "/repairing", with: .empty)
        let marked = try BlockStore.open(options)
        #expect(marked.recovery.didCheckEverything)
        marked.close()
        let again = try BlockStore.open(options)
        #expect(!again.recovery.didCheckEverything)
        #expect(try copies(options.folder).count == 1)
    }

    @Test func damageThatNoRepairMendsIsNotCopied() throws {
        let scratch = try ScratchStore()
        _ = try filled(scratch)
        try flipBits(in: scratch.folder + "/blocks", suffix: "", prefix: "MANIFEST-", count: 1)
        for _ in 0..<3 {
            let error = #expect(throws: BlockStoreError.self) { try scratch.open() }
            #expect(error?.code == .corrupt)
        }
        #expect(try copies(scratch.folder) == [])
    }

    /// Some are lost: they are said to be, or absent, but never wrong.
    private func checkServesOnlyRightBytes(_ store: BlockStore, _ numbers: Set<Int>) throws {
        var lost = 0
        for number in numbers {
            let block = try SampleBlock.make(number)
            do {
                guard let bytes = try store.get(block.multihash) else {
                    lost += 1
                    continue
                }
                #expect(bytes == block.bytes)
            } catch {
                #expect(error.code == .corrupt)
                lost += 1
            }
        }
        #expect(lost > 0)
    }

    @Test func aDatabaseBeyondRepairIsAClearError() throws {
        let scratch = try ScratchStore()
        _ = try filled(scratch)
        try File.replace(scratch.folder + "/blocks/CURRENT", with: Bytes(utf8: "MANIFEST-none\n"))
        let error = try #require(throws: BlockStoreError.self) { try scratch.open() }
        #expect(error.message.contains(scratch.folder))
        #expect(error.retry == .afterRepair)
    }

    private func quarantined(_ store: BlockStore) throws -> Set<Multihash> {
        var found: Set<Multihash> = []
        try store.forEachEntry(in: MetaKey.quarantineTable) { key, _ in
            found.insert(try Multihash(bytes: MetaKey.rest(of: key))).inserted
        }
        return found
    }

    private func filled(_ scratch: ScratchStore) throws -> [VerifiedBlock] {
        let blocks = try (0..<300).map { try VerifiedBlock(sample: $0, byteCount: 9000) }
        let store = try scratch.open()
        try store.append(blocks, by: soon())
        store.close()
        return blocks
    }

    /// Flips a bit in the middle of the largest files of a folder.
    private func flipBits(
        in folder: String, suffix: String, prefix: String = "", count: Int
    ) throws {
        let files = try File.names(in: folder)
            .filter { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) }
            .map {
                (path: "\(folder)/\($0)", size: try File.status(of: "\(folder)/\($0)").byteCount)
            }
            .sorted { $0.size > $1.size }.prefix(count)
        #expect(files.count > 0)
        for (path, size) in files {
            var bytes = try File.readAll(path, limit: 1 << 28).array
            bytes[Int(size) / 2] ^= 0x10
            try File.replace(path, with: Bytes(bytes))
        }
    }
}
