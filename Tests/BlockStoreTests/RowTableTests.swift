import Buffers
import Execution
import Testing

@testable import BlockStore

/// Rows on their way through the log, event by event, without a disk.
@Suite(.timeLimit(.minutes(40)))
struct RowTableTests {
    private func key(_ number: Int) -> Key { Key([UInt8(ascii: "x"), UInt8(number)]) }

    private func row(_ number: Int, _ text: Bytes?) -> StoredRow {
        StoredRow(key: key(number), record: text)
    }

    private func state() -> LogState { LogState(lastSequence: 0, mark: HighWaterMark()) }

    /// - Returns: the last number; nil where they were not queued.
    @discardableResult
    private func queue(
        _ state: inout LogState, _ rows: [StoredRow], former: [UInt64?]? = nil, epoch: Int? = nil
    ) -> UInt64? {
        let outcome = state.enqueue(
            rows, former: former ?? rows.map { _ in nil }, settledCount: state.rows.settledCount,
            epoch: epoch ?? state.epoch)
        guard case .queued(let ticket) = outcome else { return nil }
        return ticket.sequence
    }

    private func append(_ state: inout LogState, _ number: Int, byteCount: Int = 100) throws {
        _ = state.enqueue(
            try VerifiedBlock(sample: number, byteCount: byteCount), isReplacement: false,
            after: state.indexLook)
    }

    @Test func aRowIsSeenOnceItIsInTheLogAndUntilMetaHasIt() throws {
        var state = state()
        try append(&state, 1)
        let last = queue(&state, [row(1, "a"), row(2, "b")])
        #expect(last == 3)
        #expect(state.rows.visible.isEmpty)
        let batch = state.takeWork()
        #expect(batch?.items.count == 3 && batch?.first == 1)
        #expect(state.rows.visible.isEmpty)
        _ = state.batchWritten()
        #expect(state.rows.visible[key(1)] == RowVersion(sequence: 2, record: "a"))
        #expect(state.blockCount == 1, "a row is no block")
        let portion = state.indexable(limit: 10)
        #expect(portion.blocks.count == 1 && portion.rows.count == 2 && portion.through == 3)
        state.indexed(through: 3)
        #expect(state.rows.visible.isEmpty && state.rows.byteCount == 0)
        #expect(state.rows.settledCount == 1 && state.indexableCount == 0)
    }

    @Test func theEntryBeforeGoesWithTheBatchOfTheNext() throws {
        var state = state()
        queue(&state, [row(1, "a")])
        // On its way, then in the log, then in `meta/` alone.
        queue(&state, [row(1, "b")])
        #expect(formers(state.takeWork()) == [nil, 1])
        _ = state.batchWritten()
        #expect(state.rows.visible[key(1)]?.record == "b")
        queue(&state, [row(1, "c")])
        #expect(formers(state.takeWork()) == [2])
        _ = state.batchWritten()
        state.indexed(through: 3)
        queue(&state, [row(1, nil)], former: [3])
        #expect(formers(state.takeWork()) == [3])
        _ = state.batchWritten()
        #expect(state.rows.visible[key(1)] == RowVersion(sequence: 4, record: nil))
    }

    private func formers(_ batch: LogState.Batch?) -> [UInt64?] {
        (batch?.items ?? []).compactMap { item in
            guard case .row(let row) = item else { return nil }
            return .some(row.former)
        }
    }

    @Test func whatWasNeverThereNeedsNoRemoval() throws {
        var state = state()
        #expect(queue(&state, [row(1, nil)]) == 0)
        #expect(state.takeWork() == nil)
        // The others of the change go all the same, together.
        #expect(queue(&state, [row(1, nil), row(2, "b"), row(3, "c")]) == 2)
        #expect(state.takeWork()?.items.map(\.followingCount) == [1, 0])
    }

    /// The log forgets a removal once `meta/` knows it, not before, and nobody waits for that.
    @Test func aRemovalLeavesTheLogBehindMeta() throws {
        var state = state()
        queue(&state, [row(1, "a")])
        _ = state.takeWork()
        _ = state.batchWritten()
        queue(&state, [row(1, nil)])
        _ = state.takeWork()
        _ = state.batchWritten()
        #expect(!state.rows.hasRemovals)
        #expect(state.indexable(limit: 10).rows.map { $0.1.sequence } == [2])
        state.indexed(through: 2)
        #expect(state.rows.hasRemovals)
        #expect(state.takeWork() == nil, "alone it is no reason to write")
        queue(&state, [row(2, "b")])
        #expect(state.takeWork()?.deletions == [2])
        _ = state.batchFailed(.closed)
        state.reopened(tail: [])
        queue(&state, [row(2, "b")])
        let work = state.takeWork()
        #expect(work?.deletions == [2], "a failed write loses none")
        #expect(work?.end?.last == 3)
        _ = state.batchWritten()
        #expect(!state.rows.hasRemovals)
        #expect(!state.hasLostBlocks(lastOnDisk: 3))
    }

    /// What `meta/` has lost is in the log yet: that a row was removed must not be forgotten there.
    @Test func removalsStayWhereMetaMayLackRows() throws {
        var state = state()
        queue(&state, [row(1, nil)], former: [7])
        _ = state.takeWork()
        _ = state.batchWritten()
        state.indexed(through: 1)
        #expect(state.rows.hasRemovals)
        state.rows.metaWasRepaired()
        #expect(!state.rows.hasRemovals)
        // Also of a row that nobody sees.
        #expect(queue(&state, [row(2, nil)]) == 2)
        _ = state.takeWork()
        _ = state.batchWritten()
        state.indexed(through: 2)
        #expect(!state.rows.hasRemovals)
        state.setClosing()
        #expect(state.takeWork() == nil)
    }

    @Test func aClosingLogTakesRemovalsAlong() throws {
        var state = state()
        queue(&state, [row(1, nil)], former: [7])
        _ = state.takeWork()
        _ = state.batchWritten()
        state.indexed(through: 1)
        state.setClosing()
        #expect(state.takeWork()?.deletions == [1])
        _ = state.batchWritten()
        #expect(state.takeWork() == nil)
    }

    /// A batch that fails takes with it what is behind it; what it left on disk shows afterwards.
    @Test func aFailedWriteShowsNothingUntilTheLogIsOpenAgain() throws {
        var state = state()
        queue(&state, [row(1, "a")])
        _ = state.takeWork()
        _ = state.batchWritten()
        queue(&state, [row(1, "b"), row(2, "b")])
        _ = state.takeWork()
        queue(&state, [row(1, "c")])
        _ = state.batchFailed(.closed)
        #expect(state.rows.visible[key(1)]?.record == "a")
        #expect(state.rows.visible[key(2)] == nil)
        guard case .refused = state.changes(of: [key(1)]) else {
            Issue.record("it is known how the change stands")
            return
        }
        state.reopened(tail: [.row(2, row(1, "b")), .row(3, row(2, "b"))])
        #expect(state.rows.visible[key(1)] == RowVersion(sequence: 2, record: "b"))
        #expect(state.rows.visible[key(2)] == RowVersion(sequence: 3, record: "b"))
        #expect(state.durableThrough == 3)
        // Who has looked before cannot know that.
        #expect(queue(&state, [row(1, "d")], epoch: 0) == nil)
        #expect(queue(&state, [row(1, "d")]) == 4)
        #expect(formers(state.takeWork()) == [2])
    }

    @Test func whoLooksAtARowIsToldOfAChangeOnItsWay() throws {
        var state = state()
        guard case .settled(epoch: 0) = state.changes(of: [key(1)]) else {
            Issue.record("something is on its way")
            return
        }
        queue(&state, [row(1, "a")])
        queue(&state, [row(1, "b")])
        guard case .onTheWay(let ticket) = state.changes(of: [key(1), key(5)]) else {
            Issue.record("nothing is on its way")
            return
        }
        #expect(ticket.sequence == 2)
        guard case .settled = state.changes(of: [key(5)]) else {
            Issue.record("another row is on its way")
            return
        }
        _ = state.takeWork()
        _ = state.batchWritten()
        guard case .settled = state.changes(of: [key(1)]) else {
            Issue.record("it is in the log")
            return
        }
    }

    /// The numbers that were read in `meta/` are no longer those of the last entries then.
    @Test func whoHasLookedBeforeRowsWentOverLooksAgain() throws {
        var state = state()
        let before = state.rows.settledCount
        queue(&state, [row(1, "a")])
        _ = state.takeWork()
        _ = state.batchWritten()
        state.indexed(through: 1)
        let outcome = state.enqueue([row(1, "b")], former: [nil], settledCount: before, epoch: 0)
        guard case .lookAgain = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }

    @Test func rowsThatGoTogetherAreInOneBatch() throws {
        var state = state()
        // All but one of the numbers of a batch, then a change of three rows.
        for number in 1..<Limits.batchCountMax { try append(&state, number, byteCount: 8) }
        queue(&state, [row(1, "a"), row(2, "a"), row(3, "a")])
        #expect(state.takeWork()?.items.count == Limits.batchCountMax - 1)
        _ = state.batchWritten()
        #expect(state.takeWork()?.items.count == 3)
        _ = state.batchWritten()
        // And all but few of its bytes.
        for number in 0..<8 { try append(&state, 100_000 + number, byteCount: (1 << 20) - 8) }
        queue(&state, [row(1, Bytes([UInt8](repeating: 1, count: 40))), row(2, "c"), row(3, "c")])
        #expect(state.takeWork()?.items.count == 11)
        _ = state.batchWritten()
        for number in 0..<8 { try append(&state, 200_000 + number, byteCount: (1 << 20) - 8) }
        queue(&state, [row(1, Bytes([UInt8](repeating: 1, count: 70))), row(2, "c"), row(3, "c")])
        #expect(state.takeWork()?.items.count == 8)
    }

    @Test func changesWaitWhereThereIsNoRoom() throws {
        var state = state()
        let large = Bytes([UInt8](repeating: 1, count: 1 << 20))
        var number = 0
        while queue(&state, [row(number, large)]) != nil { number += 1 }
        #expect(number == 7 && state.rows.byteCount <= Limits.rowTableBytesMax)
        while state.takeWork() != nil { _ = state.batchWritten() }
        #expect(
            state.indexableCount >= Limits.indexBatchCountMax, "`meta/` is to take them at once")
        // In several portions, each of which is a part of the order.
        var through: UInt64 = 0
        while state.indexableCount > 0 {
            let portion = state.indexable(limit: 10)
            #expect(portion.rows.first?.1.sequence == through + 1)
            #expect(portion.through > through && portion.rows.count <= 2)
            through = portion.through
            state.indexed(through: through)
        }
        #expect(through == 7 && state.rows.byteCount == 0)
        #expect(queue(&state, [row(0, large)]) != nil)
    }

    /// What comes behind the end of one list must not be said to be in `meta/` because of the other.
    @Test func aPortionEndsWhereEitherOfItsListsEnds() throws {
        var state = state()
        try append(&state, 1)
        queue(&state, [row(1, "a")])
        try append(&state, 2)
        queue(&state, [row(2, "b")])
        _ = state.takeWork()
        _ = state.batchWritten()
        let portion = state.indexable(limit: 1)
        #expect(portion.blocks.count == 1 && portion.rows.isEmpty && portion.through == 1)
        state.indexed(through: 1)
        let rest = state.indexable(limit: 10)
        #expect(rest.blocks.count == 1 && rest.rows.count == 2 && rest.through == 4)
    }
}
