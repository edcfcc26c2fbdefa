import Execution
import TestSupport
import Testing

@testable import BlockStore

/// A disk that fails, or gives something else for a moment, condemns no block.
@Suite(.timeLimit(.minutes(40)))
struct HonestDiskTests {
    private let disk = SimulatedDisk(seed: 1)
    private let block: VerifiedBlock
    private var options: BlockStoreOptions

    init() throws {
        block = try VerifiedBlock(sample: 1)
        options = .simulated(on: disk)
    }

    private func openWithBlock() throws -> BlockStore {
        let store = try BlockStore.open(options)
        try store.append([block], by: soon())
        // The walk waits for the index.
        try store.forEachBlock { _, _ in true }
        return store
    }

    private func expectReadError(_ store: BlockStore) {
        let error = #expect(throws: BlockStoreError.self) { try store.get(block.multihash) }
        #expect(error?.code == .readError)
        #expect(store.quarantinedCount == 0)
    }

    @Test func aDiskThatDoesNotReadCondemnsNothing() throws {
        let store = try openWithBlock()
        defer { store.close() }
        disk.faults.readFails = 1000
        for _ in 0..<3 { expectReadError(store) }
        disk.faults.readFails = 0
        #expect(try store.get(block.multihash) == block.bytes)
    }

    @Test func whatTheDiskDoesNotGiveIsWrittenAnew() throws {
        let store = try openWithBlock()
        disk.faults.badKeys = [Key(sequence: 1)]
        expectReadError(store)
        #expect(store.unreadable.count == 1)
        try store.append([block], by: soon())
        #expect(try store.get(block.multihash) == block.bytes)
        try store.forEachBlock { _, _ in true }
        #expect(store.unreadable.count == 0)
        #expect(store.statistics.blockCount == 1)
        store.close()
        let again = try BlockStore.open(options)
        defer { again.close() }
        #expect(try again.get(block.multihash) == block.bytes)
        #expect(again.statistics.blockCount == 1)
    }

    @Test func whatIsWrongOnceIsReadAgain() throws {
        let store = try openWithBlock()
        defer { store.close() }
        disk.faults.wrongReadCount = 1
        #expect(try store.get(block.multihash) == block.bytes)
        #expect(store.quarantinedCount == 0)
    }

    @Test func whatIsWrongTwiceIsQuarantinedUntilItIsFoundWhole() throws {
        let store = try openWithBlock()
        disk.faults.wrongReadCount = 2
        let error = #expect(throws: BlockStoreError.self) { try store.get(block.multihash) }
        #expect(error?.code == .corrupt)
        #expect(store.quarantinedCount == 1)
        #expect(throws: BlockStoreError.self) { try store.get(block.multihash) }
        // What was queued before is written before.
        try store.pin(block.cid, mode: .direct, name: "", by: soon())
        store.close()
        disk.faults.wrongReadCount = 1
        let second = try BlockStore.open(options)
        #expect(second.recovery.releasedBlockCount == 0)
        #expect(second.quarantinedCount == 1)
        second.close()
        let third = try BlockStore.open(options)
        #expect(third.recovery.releasedBlockCount == 1)
        #expect(third.quarantinedCount == 0)
        #expect(try third.get(block.multihash) == block.bytes)
        third.close()
        let fourth = try BlockStore.open(options)
        defer { fourth.close() }
        #expect(fourth.recovery == RecoveryReport())
        #expect(fourth.quarantinedCount == 0)
    }

    /// The database may read as wrongly as it writes.
    @Test func nothingIsCondemnedWhileNothingCanBeWritten() throws {
        let store = try openWithBlock()
        defer { store.close() }
        disk.faults.writeFails = 1000
        disk.faults.openFails = 1000
        let other = try VerifiedBlock(sample: 2)
        #expect(throws: BlockStoreError.self) { try store.append([other], by: soon()) }
        disk.faults.writeFails = 0
        #expect(comesTrue { store.log.holder.currentIfOpen == nil })
        let result = Pending<Bool>()
        let reader = Thread(name: "reader") {
            result.fulfil((try? store.get(block.multihash)) == block.bytes)
        }
        // It waits for the database, and does not take what fails the reopening for its own.
        #expect(result.value(by: .after(.milliseconds(50))) == nil)
        disk.faults.openFails = 0
        #expect(result.value(by: soon()) == true)
        reader.join()
        #expect(store.quarantinedCount == 0 && store.unreadable.count == 0)
        #expect(try store.get(block.multihash) == block.bytes)
    }

    @Test func whoWaitsTooLongForADatabaseIsToldSo() throws {
        var options = options
        options.reopenPatience = .milliseconds(20)
        let store = try BlockStore.open(options)
        defer { store.close() }
        try store.append([block], by: soon())
        disk.cutPower()
        let other = try VerifiedBlock(sample: 2)
        #expect(throws: BlockStoreError.self) { try store.append([other], by: soon()) }
        expectReadError(store)
        #expect(store.unreadable.count <= 1)
        disk.powerOn()
        let deadline = soon()
        while (try? store.get(block.multihash)) == nil, !deadline.hasPassed {
            pause(for: .milliseconds(1))
        }
        #expect(try store.get(block.multihash) == block.bytes)
    }
}
