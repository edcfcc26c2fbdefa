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
        everything: Bool, trustsLog: Bool = false, window: UInt64 = Limits.comparedCountMax,
        truth: RowRecovery.Truth = .neither
    ) throws -> Recovery {
        var recovery = try Recovery(
            blocks: blocks, meta: meta, now: .now, log: .silent, sequenceWindow: window)
        try recovery.run(checksEverything: everything, trustsLog: trustsLog, truth: truth)
        return recovery
    }

    // MARK: rows

    private func key(_ number: Int) -> Key { Key([UInt8(ascii: "x"), UInt8(number)]) }

    private func writeRows(_ rows: [(sequence: UInt64, number: Int, record: Bytes?)]) throws {
        var batch = WriteBatch()
        for (sequence, number, record) in rows {
            let row = StoredRow(key: key(number), record: record)
            batch.put(Key(sequence: sequence), header: row.header, payload: record ?? .empty)
        }
        try blocks.write(batch, isSynced: false)
    }

    /// What `meta/` has, up to a number of the log.
    private func setRows(
        _ rows: [(sequence: UInt64, number: Int, record: Bytes)], indexedThrough: UInt64
    ) throws {
        var batch = WriteBatch()
        for (sequence, number, record) in rows {
            batch.put(key(number), MetaRow(sequence: sequence, record: record).encode())
        }
        var mark = HighWaterMark()
        mark.sequence = indexedThrough
        batch.put(MetaKey.highWaterMark, mark.encode())
        try meta.write(batch, isSynced: false)
    }

    private func row(_ number: Int) throws -> MetaRow? {
        try meta.value(for: key(number)).flatMap(MetaRow.init(decoding:))
    }

    private func entry(_ sequence: UInt64) throws -> StoredRow? {
        try blocks.value(for: Key(sequence: sequence)).flatMap { try? StoredRow(decoding: $0) }
    }

    @Test func rowsAboveTheMarkAreRedone() throws {
        try setRows([(1, 1, "old"), (2, 2, "old"), (3, 3, "old")], indexedThrough: 3)
        try write([(4, try VerifiedBlock(sample: 1))])
        try writeRows([(3, 3, "old"), (5, 1, "new"), (6, 2, nil), (7, 4, "new"), (8, 4, "newer")])
        let recovery = try recover(everything: false)
        #expect(try row(1) == MetaRow(sequence: 5, record: "new"))
        #expect(try row(2) == nil)
        #expect(try row(3) == MetaRow(sequence: 3, record: "old"))
        #expect(try row(4) == MetaRow(sequence: 8, record: "newer"))
        #expect(recovery.mark.sequence == 8 && recovery.mark.blockCount == 1)
        #expect(recovery.removals == [6])
        #expect(recovery.report.recoveredRowCount == 4)
    }

    @Test func aLogOfRowsIsTakenOverInBatches() throws {
        let text = Bytes([UInt8](repeating: 7, count: 100_000))
        try writeRows((1...50).map { (UInt64($0), $0, text) })
        let recovery = try recover(everything: false)
        for number in 1...50 {
            #expect(try row(number) == MetaRow(sequence: UInt64(number), record: text))
        }
        #expect(recovery.mark.sequence == 50)
    }

    /// LevelDB drops a damaged record at the end of its log without a word.
    @Test func rowsThatTheEndOfTheLogHasLostAreWrittenAnew() throws {
        try setRows([(1, 1, "before"), (4, 2, "lost")], indexedThrough: 5)
        try writeRows([(1, 1, "before"), (3, 3, nil)])
        let recovery = try recover(everything: false)
        #expect(try row(1) == MetaRow(sequence: 1, record: "before"))
        #expect(try row(2) == MetaRow(sequence: 6, record: "lost"))
        #expect(try entry(6) == StoredRow(key: key(2), record: "lost"))
        #expect(recovery.mark.sequence == 6 && recovery.lastSequence == 6)
        #expect(recovery.report.rewrittenRowCount == 1)
        let again = try recover(everything: false)
        #expect(again.report == RecoveryReport())
    }

    /// `meta/` was repaired, and lost what it was told last: a new row, a change, a removal.
    @Test func whatMetaHasLostComesFromTheLog() throws {
        try setRows([(1, 1, "old"), (2, 2, "removed"), (4, 4, "kept")], indexedThrough: 9)
        try writeRows([(4, 4, "kept"), (5, 1, "new"), (6, 3, "new")])
        let recovery = try recover(everything: true, truth: .log)
        #expect(try row(1) == MetaRow(sequence: 5, record: "new"))
        #expect(try row(2) == nil, "the log has forgotten that it was removed, and it")
        #expect(try row(3) == MetaRow(sequence: 6, record: "new"))
        #expect(try row(4) == MetaRow(sequence: 4, record: "kept"))
        #expect(recovery.report.droppedRowCount == 1)
        #expect(recovery.report.recoveredRowCount == 2)
    }

    /// Who removed or changed a row that `meta/` had lost knew nothing of its entry: that goes, too, or a later
    /// check would bring the row back.
    @Test func whatWasChangedBesideItsEntryStaysChanged() throws {
        try setRows([(2, 2, "old")], indexedThrough: 9)
        try writeRows([
            (1, 1, "first"), (2, 2, "old"), (3, 1, "second"), (4, 2, "new"), (5, 1, nil),
        ])
        let recovery = try recover(everything: true, truth: .log)
        #expect(try row(1) == nil)
        #expect(try row(2) == MetaRow(sequence: 4, record: "new"))
        #expect(recovery.removals == [1, 2, 3, 5], "the removal is the last one of its row")
        var batch = WriteBatch()
        for sequence in recovery.removals { batch.delete(Key(sequence: sequence)) }
        try blocks.write(batch, isSynced: false)
        _ = try recover(everything: true, truth: .neither)
        #expect(try row(1) == nil)
        #expect(try row(2) == MetaRow(sequence: 4, record: "new"))
    }

    /// `blocks/` was repaired: it lacks entries, and has one again that had left it.
    @Test func whatTheLogHasLostComesFromMeta() throws {
        try setRows([(3, 1, "whole"), (4, 2, "lost")], indexedThrough: 6)
        try writeRows([(1, 1, "before"), (2, 3, "removed"), (3, 1, "whole"), (7, 4, "new")])
        let recovery = try recover(everything: true, truth: .meta)
        #expect(try row(1) == MetaRow(sequence: 3, record: "whole"))
        #expect(try row(2) == MetaRow(sequence: 8, record: "lost"))
        #expect(try entry(8) == StoredRow(key: key(2), record: "lost"))
        #expect(try row(3) == nil)
        #expect(try row(4) == MetaRow(sequence: 7, record: "new"))
        #expect(recovery.lastSequence == 8 && recovery.mark.sequence == 8)
        #expect(Set(recovery.removals) == [1, 2], "what is none of a row is to leave the log")
        #expect(recovery.report.rewrittenRowCount == 1)
        // Now it is in order.
        let again = try recover(everything: true, truth: .log)
        #expect(again.report.rewrittenRowCount == 0 && again.report.droppedRowCount == 0)
        #expect(try row(2) == MetaRow(sequence: 8, record: "lost"))
    }

    /// Both were: what either has stays, in its last form.
    @Test func nothingGoesWhereNobodyKnows() throws {
        try setRows([(2, 1, "later"), (4, 2, "lost"), (1, 3, "old")], indexedThrough: 4)
        try writeRows([(1, 1, "before"), (3, 3, "new"), (6, 4, "new")])
        _ = try recover(everything: true, truth: .neither)
        #expect(try row(1)?.record == "later" && row(2)?.record == "lost")
        #expect(try row(3) == MetaRow(sequence: 3, record: "new"))
        #expect(try row(4) == MetaRow(sequence: 6, record: "new"))
        for number in 1...4 {
            let row = try #require(try row(number))
            #expect(try entry(row.sequence) == StoredRow(key: key(number), record: row.record))
        }
    }

    /// A damaged entry says nothing, and its row stays: it gets another.
    @Test func aDamagedEntryIsWrittenAnew() throws {
        try setRows([(1, 1, "whole"), (2, 2, "damaged")], indexedThrough: 3)
        try write([(3, try VerifiedBlock(sample: 1))])
        try writeRows([(1, 1, "whole")])
        var batch = WriteBatch()
        let header = StoredRow(key: key(2), record: "damaged").header
        batch.put(Key(sequence: 2), header: header, payload: Bytes(utf8: "Damaged"))
        try blocks.write(batch, isSynced: false)
        let recovery = try recover(everything: true, truth: .log)
        #expect(try row(2) == MetaRow(sequence: 4, record: "damaged"))
        #expect(try entry(4)?.record == "damaged" && entry(2) == nil)
        #expect(try row(1)?.sequence == 1)
        #expect(recovery.report.damagedValueCount == 1)
        #expect(recovery.report.rewrittenRowCount == 1)
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
