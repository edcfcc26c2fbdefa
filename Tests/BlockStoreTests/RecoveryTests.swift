import Buffers
import Execution
import Multiformats
import Telemetry
import TestSupport
import Testing
import Vault

@testable import BlockStore

/// Logs that the index knows nothing or something wrong of, made by hand.
@Suite(.timeLimit(.minutes(40)))
struct RecoveryTests {
    private let scratch: ScratchStore
    private let blocks: LevelDatabase
    private let meta: LevelDatabase

    init() throws {
        scratch = try ScratchStore()
        let options = scratch.options
        blocks = try LevelDatabase(
            options.folder + "/blocks",
            .log(
                writeBufferByteCount: options.logWriteBufferByteCount,
                openFileCountMax: options.openFileCountMax), makesIfMissing: true)
        meta = try LevelDatabase(
            options.folder + "/meta",
            .meta(
                writeBufferByteCount: options.metaWriteBufferByteCount,
                openFileCountMax: options.openFileCountMax), makesIfMissing: true)
    }

    private func write(_ items: [(UInt64, VerifiedBlock)]) throws {
        var batch = WriteBatch()
        for (sequence, block) in items {
            batch.put(
                Key(sequence: sequence), header: StoredValue.header(of: block),
                payload: block.bytes)
        }
        try blocks.write(batch, isSynced: false)
    }

    private func index(_ items: [(UInt64, VerifiedBlock)]) throws {
        var batch = WriteBatch()
        for (sequence, block) in items {
            let entry = IndexEntry(
                sequence: sequence, byteCount: block.bytes.count, flags: block.flags)
            batch.put(MetaKey.index(block.multihash), entry.encode())
        }
        try meta.write(batch, isSynced: false)
    }

    private func recover(
        everything: Bool, trustsLog: Bool = false, window: UInt64 = Limits.comparedCountMax
    ) throws -> Recovery {
        var recovery = try Recovery(
            blocks: blocks, meta: meta, now: .now, log: .silent, sequenceWindow: window)
        try recovery.run(checksEverything: everything, trustsLog: trustsLog)
        return recovery
    }

    private func indexed(_ block: VerifiedBlock) throws -> UInt64? {
        try meta.value(for: MetaKey.index(block.multihash)).flatMap(IndexEntry.init(decoding:))?
            .sequence
    }

    @Test(arguments: [false, true])
    func aLogWithoutAnIndexIsIndexedInBatches(everything: Bool) throws {
        // More than two full batches, and one of them not full.
        let count = 2 * Limits.indexBatchCountMax + 100
        let items = try (1...count).map {
            (UInt64($0), try VerifiedBlock(sample: $0, byteCount: 16))
        }
        try write(items)
        let recovery = try recover(everything: everything)
        #expect(recovery.report.indexedBlockCount == count)
        #expect(recovery.mark.blockCount == count)
        #expect(recovery.mark.byteCount == 16 * count)
        #expect(recovery.mark.sequence == UInt64(count))
        for (sequence, block) in items { #expect(try indexed(block) == sequence) }
    }

    @Test(arguments: [false, true])
    func aBlockThatTheLogHoldsTwiceCountsOnceAndTheLastValueWins(everything: Bool) throws {
        let block = try VerifiedBlock(sample: 1)
        try write([(1, block), (2, try VerifiedBlock(sample: 2)), (3, block)])
        let recovery = try recover(everything: everything)
        #expect(try indexed(block) == 3)
        #expect(recovery.mark.blockCount == 2)
        // The index knows the last one already: the first must not take its place.
        let again = try recover(everything: true)
        #expect(try indexed(block) == 3)
        #expect(again.mark.blockCount == 2)
        #expect(again.report.lostBlockCount == 0)
    }

    @Test func anEarlierValueIsTakenWhenTheLastOneIsLost() throws {
        let block = try VerifiedBlock(sample: 1)
        try write([(1, block), (2, try VerifiedBlock(sample: 2))])
        try index([(9, block)])
        let recovery = try recover(everything: true)
        #expect(try indexed(block) == 1)
        #expect(recovery.report.lostBlockCount == 0)
        #expect(recovery.mark.blockCount == 2)
    }

    @Test(arguments: [64, 128, 1 << 26], [false, true])
    func lostBlocksAreFoundInWindowsOfAnySize(window: UInt64, trustsLog: Bool) throws {
        // With jumps in the numbers, larger than a window; every third block is lost.
        let numbers = (1...900).map { UInt64($0 + $0 / 300 * 100_000) }
        let items = try numbers.map { ($0, try VerifiedBlock(sample: Int($0), byteCount: 16)) }
        let kept = items.filter { $0.0 % 3 != 0 }
        try write(kept)
        try index(items)
        let recovery = try recover(everything: true, trustsLog: trustsLog, window: window)
        let lostCount = items.count - kept.count
        #expect(recovery.report.lostBlockCount == lostCount)
        #expect(recovery.mark.blockCount == (trustsLog ? kept.count : items.count))
        #expect(recovery.quarantined.count == (trustsLog ? 0 : lostCount))
        for (sequence, block) in items {
            let isKept = sequence % 3 != 0
            #expect(try indexed(block) == (isKept || !trustsLog ? sequence : nil))
            let state = recovery.quarantined.contains(block.multihash)
            #expect(state == (isKept || trustsLog ? .no : .yes))
        }
    }

    @Test func aKeyThatIsNoNumberAtTheEndIsAClearError() throws {
        var batch = WriteBatch()
        batch.put(Key(sequence: .max), Bytes(utf8: "value"))
        try blocks.write(batch, isSynced: false)
        let error = #expect(throws: BlockStoreError.self) { try recover(everything: false) }
        #expect(error?.code == .corrupt)
        #expect(error?.retry == .afterRepair)
    }

    @Test func valuesThatNoIndexEntryCanDescribeArePassedOver() throws {
        let long = Multihash(
            code: MultihashCode(rawValue: 0x13), digest: Bytes([UInt8](repeating: 1, count: 200)))
        let identity = Multihash(code: .identity, digest: Bytes(utf8: "inline"))
        let good = try VerifiedBlock(sample: 1)
        try write([
            (1, VerifiedBlock(cid: .v1(.raw, long), alreadyHashed: Bytes(utf8: "a"))),
            (2, VerifiedBlock(cid: .v1(.raw, identity), alreadyHashed: Bytes(utf8: "inline"))),
            (3, good),
        ])
        let recovery = try recover(everything: false)
        #expect(recovery.report.damagedValueCount == 2)
        #expect(recovery.report.indexedBlockCount == 1)
        #expect(try indexed(good) == 3)
    }
}
