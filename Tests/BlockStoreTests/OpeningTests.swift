import BlockStore
import Buffers
import Execution
import Glibc
import Multiformats
import Telemetry
import TestSupport
import Testing
import Vault

@Suite(.timeLimit(.minutes(40)))
struct OpeningTests {
    @Test func aSecondOpeningInTheSameProcessIsRefused() throws {
        let scratch = try ScratchStore()
        let store = try scratch.open()
        let error = #expect(throws: BlockStoreError.self) { try scratch.open() }
        #expect(error?.code == .lockedByProcess(nil))
        store.close()
        try scratch.open().close()
    }

    @Test func aSecondProcessIsToldTheNumberOfTheFirst() throws {
        let scratch = try ScratchStore()
        let child = try ChildProcess(BuiltProgram.path("crash-child"), [scratch.folder, "1"])
        // It has the store open once it has said so.
        while !child.outputText.contains("open"), !child.hasEnded { Thread.yield() }
        let error = #expect(throws: BlockStoreError.self) { try scratch.open() }
        #expect(error?.code == .lockedByProcess(child.processID))
        #expect(error?.message.contains("\(child.processID)") == true)
        child.kill(SIGKILL)
        child.wait()
        try scratch.open().close()
    }

    @Test func aFolderThatCannotBeMadeIsAClearError() throws {
        let scratch = try ScratchStore()
        try File.replace(scratch.folder + "/file", with: [1])
        var options = BlockStoreOptions(folder: scratch.folder + "/file/store")
        options.makesIfMissing = true
        let error = #expect(throws: BlockStoreError.self) { try BlockStore.open(options) }
        #expect(error?.code == .folder)
    }

    @Test func numbersOfDeletedBlocksAreNotUsedAgain() throws {
        let scratch = try ScratchStore()
        do {
            let store = try scratch.open()
            try store.append((0..<3).map { try VerifiedBlock(sample: $0) }, by: soon())
            #expect(try store.delete(VerifiedBlock(sample: 2).multihash) == .deleted)
            store.close()
        }
        let store = try scratch.open()
        let block = try VerifiedBlock(sample: 3)
        try store.append([block], by: soon())
        #expect(try store.stat(block.multihash)?.sequence == 4)
    }

    /// A store that does not sync leaves a mark, and compares everything after an unclean stop.
    @Test func anUnsyncedStoreChecksItsIndexAfterAnUncleanStop() throws {
        let scratch = try ScratchStore()
        var options = scratch.options
        options.durability = .os
        let blocks = try (0..<40).map { try VerifiedBlock(sample: $0) }
        do {
            let store = try BlockStore.open(options)
            #expect(!store.recovery.didCheckEverything)
            try store.append(blocks, by: soon())
            store.close()
        }
        let clean = try BlockStore.open(options)
        #expect(!clean.recovery.didCheckEverything)
        try clean.append([try VerifiedBlock(sample: 99)], by: soon())
        // As if it had been killed here: the folder is copied while the store is open.
        let copy = scratch.folder + "-copy"
        defer { try? File.removeTree(copy) }
        try File.copyTree(scratch.folder, to: copy)
        clean.close()
        options.folder = copy
        let store = try BlockStore.open(options)
        #expect(store.recovery.didCheckEverything)
        #expect(store.statistics.blockCount == 41)
        for block in blocks { #expect(try store.get(block.multihash) == block.bytes) }
        store.close()
    }

    @Test func theMetricsAreThere() throws {
        let scratch = try ScratchStore()
        var options = scratch.options
        let registry = MetricRegistry()
        options.metrics = registry
        let store = try BlockStore.open(options)
        try store.append([try VerifiedBlock(sample: 1)], by: soon())
        let text = try #require(registry.exposition().utf8Text)
        #expect(text.contains("holdfast_store_blocks 1\n"))
        #expect(text.contains("holdfast_store_bytes 1000\n"))
        #expect(text.contains("holdfast_store_writable 1\n"))
        #expect(text.contains("holdfast_database_batches_total{database=\"blocks\"} 1\n"))
        store.close()
        #expect(registry.exposition().utf8Text?.contains("holdfast_store_writable 0\n") == true)
    }
}
