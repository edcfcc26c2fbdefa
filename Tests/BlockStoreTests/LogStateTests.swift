import Buffers
import Execution
import Multiformats
import Testing
import Vault

@testable import BlockStore

/// The lanes' state machines, event by event, without a disk.
@Suite(.timeLimit(.minutes(40)))
struct LogStateTests {
    private func state(last: UInt64 = 0, indexed: UInt64 = 0) -> LogState {
        var mark = HighWaterMark()
        mark.sequence = indexed
        return LogState(lastSequence: last, mark: mark)
    }

    private func enqueue(_ state: inout LogState, _ number: Int, byteCount: Int = 100) throws
        -> LogState.Enqueued
    {
        state.enqueue(
            try VerifiedBlock(sample: number, byteCount: byteCount), isReplacement: false,
            after: state.indexLook)
    }

    @Test func numbersGoOnFromTheLog() throws {
        var state = state(last: 10, indexed: 10)
        guard case .queued(let ticket) = try enqueue(&state, 1) else {
            Issue.record("not queued")
            return
        }
        #expect(ticket == LogTicket(epoch: 0, sequence: 11))
        let result2 = state.takeWork()
        #expect(result2?.first == 11)
        _ = state.batchWritten()
        #expect(state.indexableCount == 1)
        #expect(state.durableThrough == 11)
        #expect(state.blockCount == 1)
    }

    @Test func aBlockIsFoundOnItsWholeWay() throws {
        var state = state()
        let block = try VerifiedBlock(sample: 1, byteCount: 100)
        _ = try enqueue(&state, 0)
        _ = try enqueue(&state, 1)
        for step in 0..<2 {
            guard case .block(let found, let entry) = state.find(block.multihash) else {
                Issue.record("not found")
                return
            }
            #expect(found.bytes == block.bytes)
            #expect(entry.sequence == 2)
            // After a write that fails another block has that number.
            #expect(state.find(block.multihash)?.info.sequence == nil)
            if step == 0 {
                let batch = state.takeWork()
                #expect(batch?.items.count == 2)
            }
        }
        _ = state.batchWritten()
        #expect(state.indexableCount == 2)
        guard case .inLog(let entry) = state.find(block.multihash) else {
            Issue.record("not in the log")
            return
        }
        #expect(entry.sequence == 2)
        #expect(state.find(block.multihash)?.info.sequence == 2)
        #expect(state.indexable(limit: 10).blocks.count == 2)
        state.indexed(through: 2)
        #expect(state.find(block.multihash) == nil)
        #expect(state.tableCount == 0)
    }

    @Test func aBatchHoldsEightMebibytesOrOneLargeBlock() throws {
        var state = state()
        for number in 0..<10 { _ = try enqueue(&state, number, byteCount: 1 << 20) }
        let result13 = state.takeWork()
        #expect(result13?.items.count == 8)
        _ = state.batchWritten()
        #expect(state.indexableCount == 8)
        let result15 = state.takeWork()
        #expect(result15?.items.count == 2)
        _ = state.batchWritten()
        #expect(state.indexableCount == 10)
        _ = try enqueue(&state, 99, byteCount: 9 << 20)
        _ = try enqueue(&state, 100)
        let result17 = state.takeWork()
        #expect(result17?.items.count == 1)
    }

    /// LevelDB has it twice meanwhile.
    @Test func aLargeBlockIsNotKeptWhileItIsWritten() throws {
        var state = state()
        let block = try VerifiedBlock(largeSample: 1)
        _ = state.enqueue(block, isReplacement: false, after: state.indexLook)
        guard case .block = state.find(block.multihash) else {
            Issue.record("not found while it waits")
            return
        }
        var batch = state.takeWork()
        let taken = batch?.takeLarge()
        #expect(taken?.bytes == block.bytes)
        #expect(batch?.items.isEmpty == true && batch?.takeLarge() == nil)
        guard case .beingWritten(let entry, let ticket) = state.find(block.multihash) else {
            Issue.record("kept while it is written")
            return
        }
        #expect(entry.sequence == 1 && ticket.sequence == 1)
        #expect(entry.byteCount == block.bytes.count)
        #expect(state.pendingByteCount == MemoryCost.queued(block))
        #expect(state.batchWritten() == MemoryCost.queued(block))
        #expect(state.pendingByteCount == 0)
        #expect(state.blockCount == 1 && state.byteCount == block.bytes.count)
        guard case .inLog = state.find(block.multihash) else {
            Issue.record("not in the log")
            return
        }
    }

    @Test func aLargeBlockThatFailsIsForgotten() throws {
        var state = state()
        let block = try VerifiedBlock(largeSample: 1)
        _ = state.enqueue(block, isReplacement: false, after: state.indexLook)
        _ = try enqueue(&state, 2)
        #expect(state.takeWork()?.isLarge == true)
        let room = state.pendingByteCount
        #expect(room > MemoryCost.queued(block))
        #expect(state.batchFailed(.closed) == room)
        #expect(state.find(block.multihash) == nil && state.pendingByteCount == 0)
    }

    @Test func aFullTableRefusesUntilTheIndexHasCaughtUp() throws {
        var state = state()
        var number = 0
        while case .queued = try enqueue(&state, number, byteCount: 8) { number += 1 }
        #expect(state.tableByteCount <= Limits.tableBytesMax)
        #expect(number * MemoryCost.tableEntryMax >= Limits.tableBytesMax)
        guard case .full(let generation) = try enqueue(&state, number, byteCount: 8) else {
            Issue.record("not full")
            return
        }
        while state.takeWork() != nil { _ = state.batchWritten() }
        state.indexed(through: 1000)
        #expect(state.generation > generation)
        guard case .queued = try enqueue(&state, number, byteCount: 8) else {
            Issue.record("still full")
            return
        }
        state.indexed(through: UInt64(number + 1))
        #expect(state.tableByteCount == 0)
    }

    @Test func whatWaitsIsChargedUntilItIsWrittenOrGivenUp() throws {
        var state = state()
        for number in 0..<10 { _ = try enqueue(&state, number, byteCount: 1 << 20) }
        let pending = state.pendingByteCount
        #expect(pending >= 10 << 20)
        _ = state.takeWork()
        #expect(state.pendingByteCount == pending, "what is being written is still in memory")
        let written = state.batchWritten()
        #expect(written >= 8 << 20)
        #expect(state.pendingByteCount == pending - written)
        _ = state.takeWork()
        _ = try enqueue(&state, 10)
        let rest = state.pendingByteCount
        let givenUp = state.batchFailed(.closed)
        #expect(givenUp == rest)
        #expect(state.pendingByteCount == 0)
    }

    @Test func deletionsWaitWhenTheListIsFull() throws {
        var state = state()
        var number = 0
        let entry = IndexEntry(sequence: 1, byteCount: 100, flags: [])
        func multihash(_ number: Int) -> Multihash {
            let word = UInt64(number)
            return Multihash(code: .sha2_256, inline32: (word, word, word, word))
        }
        while case .begun(let announcement) = state.beginDeleting([multihash(number)]) {
            state.endDeleting(announcement, removed: [entry])
            number += 1
        }
        #expect(state.deletionByteCount <= Limits.deletionBytesMax)
        guard case .wait(let generation) = state.beginDeleting([multihash(number)]) else {
            Issue.record("does not wait")
            return
        }
        let batch = state.takeWork()
        #expect(batch?.deletions.count == number)
        #expect(state.generation > generation)
        _ = state.batchFailed(.closed)
        guard case .refused = state.beginDeleting([multihash(number)]) else {
            Issue.record("nothing makes room while the log takes no writes")
            return
        }
        state.reopened(tail: [])
        let again = state.takeWork()
        #expect(again?.deletions.count == number, "a failed write loses none")
        // Who has come since waits for the room of that batch, and perhaps no other comes.
        guard case .wait(let later) = state.beginDeleting([multihash(number)]) else {
            Issue.record("does not wait for the batch")
            return
        }
        _ = state.batchWritten()
        #expect(state.deletionByteCount == 0)
        #expect(state.generation > later)
    }

    /// Who deletes many blocks goes as far as others let it.
    @Test func deletionsAreAnnouncedUpToWhatOthersDelete() {
        var state = state()
        let multihashes = (0..<UInt64(Limits.deletionBatchCountMax + 2)).map {
            Multihash(code: .sha2_256, inline32: ($0, 0, 0, 0))
        }
        guard case .begun(let one) = state.beginDeleting([multihashes[3]]),
            case .begun(let some) = state.beginDeleting(
                [multihashes[0], multihashes[0]] + multihashes[1...]),
            case .wait(let generation) = state.beginDeleting(Array(multihashes[3...]))
        else {
            Issue.record("not announced")
            return
        }
        // One that is named twice waits for nobody.
        #expect(some.multihashes == [multihashes[0], multihashes[0]] + multihashes[1..<3])
        #expect(state.deletions.endedCount == 0)
        state.endDeleting(one, removed: [])
        #expect(state.generation > generation)
        #expect(state.deletions.endedCount == 1 && state.deletions.isRunning(amongFirst: 2))
        state.endDeleting(some, removed: [])
        #expect(state.deletions.endedCount == 2 && state.deletionByteCount == 0)
        guard case .begun(let all) = state.beginDeleting(multihashes) else {
            Issue.record("not announced")
            return
        }
        #expect(all.multihashes.count == Limits.deletionBatchCountMax)
    }

    @Test func aFailureForgetsWhatWasNotDurableAndStartsAnEpoch() throws {
        var state = state()
        _ = try enqueue(&state, 0)
        _ = state.takeWork()
        _ = state.batchWritten()
        for number in 1..<4 { _ = try enqueue(&state, number) }
        _ = state.takeWork()
        _ = try enqueue(&state, 4)
        _ = state.batchFailed(.closed)
        #expect(state.epoch == 1)
        #expect(state.lastSequence == 1)
        #expect(state.tableCount == 1)
        for number in 1..<5 {
            #expect(state.find(try VerifiedBlock(sample: number, byteCount: 100).multihash) == nil)
        }
        guard case .lookAgain = try enqueue(&state, 5) else {
            Issue.record("takes blocks while it is closed")
            return
        }
        let result24 = state.takeWork()
        #expect(result24 == nil)
    }

    @Test func whatAFailedWriteLeftBehindIsCountedAndIndexed() throws {
        var state = state()
        _ = try enqueue(&state, 0)
        // The index has a damaged one.
        _ = state.enqueue(
            try VerifiedBlock(sample: 1, byteCount: 100), isReplacement: true,
            after: state.indexLook)
        _ = state.takeWork()
        _ = state.batchFailed(.closed)
        // Nobody knows yet whether they are there.
        for number in 0..<2 {
            let block = try VerifiedBlock(sample: number, byteCount: 100)
            guard case .refused = state.beginDeleting([block.multihash]) else {
                Issue.record("deletes what it does not know")
                return
            }
        }
        let tail = try (0..<2).map { number in
            let block = try VerifiedBlock(sample: number, byteCount: 100)
            let entry = IndexEntry(sequence: UInt64(number + 1), byteCount: 100, flags: [])
            return LogScan.Item.block(block.multihash, entry)
        }
        state.reopened(tail: tail)
        #expect(state.durableThrough == 2)
        #expect(state.blockCount == 1)
        #expect(state.indexable(limit: 10).blocks.count == 2)
        guard case .queued(let ticket) = try enqueue(&state, 9) else {
            Issue.record("not open again")
            return
        }
        #expect(ticket == LogTicket(epoch: 1, sequence: 3))
    }

    @Test func aLogThatEndsBeforeWhatWasWrittenHasLostBlocks() throws {
        var state = state(last: 5, indexed: 7)
        #expect(!state.hasLostBlocks(lastOnDisk: 3))
        _ = try enqueue(&state, 0)
        _ = state.takeWork()
        _ = state.batchWritten()
        #expect(state.hasLostBlocks(lastOnDisk: 5))
        #expect(!state.hasLostBlocks(lastOnDisk: 6))
    }

    /// Nobody could tell a deleted end from one that was lost.
    @Test func aBatchThatDeletesSaysHowFarTheLogWent() throws {
        var state = state(last: 5, indexed: 5)
        var mark = HighWaterMark()
        (mark.sequence, mark.changeCount) = (5, 8)
        state.metaWritten(mark)
        _ = try enqueue(&state, 0)
        #expect(state.takeWork()?.end == nil, "nothing leaves the log")
        _ = state.batchWritten()
        let multihash = try VerifiedBlock(sample: 1).multihash
        let entry = IndexEntry(sequence: 3, byteCount: 1000, flags: [])
        for isBusy in [false, true] {
            guard case .begun(let announcement) = state.beginDeleting([multihash]) else {
                Issue.record("not announced")
                return
            }
            state.endDeleting(announcement, removed: [entry])
            if isBusy { _ = try enqueue(&state, 2) }
            let work = state.takeWork()
            #expect(work?.deletions == [3])
            #expect(work?.end == LogEnd(last: isBusy ? 7 : 6, metaChangeCount: 8))
            _ = state.batchWritten()
        }
        // An older mark takes nothing back.
        state.metaWritten(HighWaterMark())
        #expect(state.metaChangeCount == 8 && state.indexedThrough == 5)
    }

    /// Where damage was left out, what is lost by that is no reason to stay closed; what is lost later is.
    @Test func aLossThatWasAcceptedIsNoneAnyMore() throws {
        var state = state(last: 5, indexed: 7)
        _ = try enqueue(&state, 0)
        _ = state.takeWork()
        _ = state.batchWritten()
        state.acceptLoss(lastOnDisk: 4)
        #expect(!state.hasLostBlocks(lastOnDisk: 4))
        #expect(state.hasLostBlocks(lastOnDisk: 3))
        // Numbers of what was lost are not given out again.
        guard case .queued(let ticket) = try enqueue(&state, 1) else {
            Issue.record("not open")
            return
        }
        #expect(ticket.sequence == 7)
        _ = state.takeWork()
        _ = state.batchWritten()
        #expect(state.hasLostBlocks(lastOnDisk: 4))
        #expect(!state.hasLostBlocks(lastOnDisk: 7))
    }

    @Test func aTicketOfAnEarlierEpochIsDoneOrFailed() {
        var progress = LogProgress(durableThrough: 0)
        progress.advance(durableThrough: 5, generation: 1)
        progress.fail(.closed, generation: 2)
        progress.advance(durableThrough: 9, generation: 3)
        func isDone(_ epoch: Int, _ sequence: UInt64) -> Bool? {
            switch progress.outcome(of: LogTicket(epoch: epoch, sequence: sequence)) {
            case .success: true
            case .failure: false
            case nil: nil
            }
        }
        #expect(isDone(0, 5) == true)
        // The number was given out again since, but this ticket's block was lost.
        #expect(isDone(0, 6) == false)
        #expect(isDone(1, 9) == true)
        #expect(isDone(1, 10) == nil)
        // The failure of epoch 1 has not been told yet.
        #expect(isDone(2, 1) == nil)
        progress.close()
        #expect(isDone(1, 10) == false)
        for _ in 0...Limits.failureCountMax { progress.fail(.closed, generation: 4) }
        #expect(isDone(0, 5) == false)
    }

    @Test func theIndexWaitsForCompanyButNotForever() {
        var state = MetaState(mark: HighWaterMark())
        let (due, before) = (Instant(nanoseconds: 9), Instant(nanoseconds: 8))
        state.indexable(count: 3, due: due)
        #expect(state.nextLook == due)
        state.look(at: before)
        let result39 = state.takeWork()
        #expect(result39 == nil)
        state.indexable(count: Limits.indexBatchCountMax, due: due)
        let result40 = state.takeWork()
        #expect(isWrite(result40, withIndex: true))
        let result41 = state.takeWork()
        #expect(result41 == nil)
        #expect(state.nextLook == nil)
        state.indexable(count: 1, due: due)
        state.look(at: due)
        let result42 = state.takeWork()
        #expect(isWrite(result42, withIndex: true))
        state.indexable(count: 1, due: due)
        state.enqueue(MetaState.ChangeSet(changes: []))
        let result44 = state.takeWork()
        #expect(isWrite(result44, withIndex: true))
        state.enqueue(MetaState.ChangeSet(changes: []))
        let result46 = state.takeWork()
        #expect(isWrite(result46, withIndex: false))
    }

    @Test func aClosingMetaLaneWritesTheRestAndEnds() {
        var state = MetaState(mark: HighWaterMark())
        state.setClosing()
        let result47 = state.takeWork()
        #expect(isWrite(result47, withIndex: true))
        state.written(mark: HighWaterMark(), remaining: 5, due: Instant(nanoseconds: 9))
        let result48 = state.takeWork()
        #expect(isWrite(result48, withIndex: true))
        state.written(mark: HighWaterMark(), remaining: 0, due: Instant(nanoseconds: 9))
        let rest = state.takeWork()
        #expect(rest == nil)
        #expect(state.life.isClosing)
    }

    /// What cannot be written when the log closes is not tried again without end.
    @Test(arguments: [true, false])
    func aClosingLogThatFailsEnds(failedBefore: Bool) {
        var state = LogState(lastSequence: 5, mark: HighWaterMark())
        let multihash = Multihash(code: .sha2_256, inline32: (1, 2, 3, 4))
        guard case .begun(let announcement) = state.beginDeleting([multihash]) else {
            Issue.record("no deletion")
            return
        }
        state.endDeleting(
            announcement, removed: [IndexEntry(sequence: 3, byteCount: 10, flags: BlockFlags())])
        #expect(state.takeWork()?.deletions == [3])
        if failedBefore { _ = state.batchFailed(.closed) }
        state.setClosing()
        if !failedBefore { _ = state.batchFailed(.closed) }
        #expect(state.takeWork() == nil)
    }

    private func isWrite(_ work: MetaState.Work?, withIndex: Bool) -> Bool {
        work?.withIndex == withIndex
    }
}
