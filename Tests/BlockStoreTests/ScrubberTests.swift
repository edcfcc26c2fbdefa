import Buffers
import Execution
import Multiformats
import TestSupport
import Testing

@testable import BlockStore

/// Damage is found before anybody asks for the block, and nothing whole is condemned.
@Suite(.timeLimit(.minutes(40)))
struct ScrubberTests {
    private let disk = SimulatedDisk(seed: 1)
    private let clock = ManualClock()

    private func open() throws -> BlockStore { try BlockStore.open(.simulated(on: disk)) }

    /// A store with so many blocks, all of them in the index.
    private func open(with count: Int) throws -> (BlockStore, [VerifiedBlock]) {
        let store = try open()
        let blocks = try (0..<count).map { try VerifiedBlock(sample: $0) }
        try store.append(blocks, by: soon())
        try store.forEachBlock { _, _ in true }
        return (store, blocks)
    }

    private func runner(on store: BlockStore) -> FollowerRunner<Scrubber> {
        FollowerRunner(Scrubber(every: nil), on: store, clock: clock)
    }

    /// Walks over the whole log once.
    private func scrub(_ store: BlockStore) throws -> ScrubRun {
        let runner = runner(on: store)
        runner.start()
        #expect(clock.rest() == .until(nil))
        clock.advance(by: .seconds(1))
        let before = runner.status.follower.lastRun
        runner.hurry()
        #expect(comesTrue { runner.status.follower.lastRun != before })
        #expect(runner.stop(by: soon()))
        return try #require(runner.status.follower.lastRun)
    }

    @Test func aRunOverWholeBlocksFindsNothing() throws {
        let (store, _) = try open(with: 5)
        defer { store.close() }
        let run = try scrub(store)
        #expect(run.checkedCount == 5 && run.checkedByteCount == 5000)
        #expect(run.damagedCount == 0 && run.freedCount == 0)
        #expect(run.unreadableCount == 0 && run.garbageCount == 0)
        #expect(run.target == 5 && run.ended != nil)
    }

    @Test func aFlippedBitIsQuarantinedBeforeAnybodyAsks() throws {
        let (store, blocks) = try open(with: 5)
        defer { store.close() }
        try store.write(blocks[2], at: 3, flippingLast: true)
        let run = try scrub(store)
        #expect(run.checkedCount == 5 && run.damagedCount == 1)
        #expect(store.quarantinedCount == 1)
        let record = try #require(try store.quarantineRecord(of: blocks[2]))
        #expect(record.reason == .checksum && record.sequence == 3)
        let error = #expect(throws: BlockStoreError.self) { try store.get(blocks[2].multihash) }
        #expect(error?.code == .corrupt)
        // It is told again, and not twice.
        #expect(try scrub(store).damagedCount == 1)
        #expect(store.quarantinedCount == 1)
    }

    @Test func whatIsWrongOnceIsNoDamage() throws {
        let (store, _) = try open(with: 5)
        defer { store.close() }
        disk.faults.wrongReadCount = 5
        let run = try scrub(store)
        #expect(run.checkedCount == 5 && run.damagedCount == 0)
        #expect(store.quarantinedCount == 0)
        #expect(disk.faults.wrongReadCount == 0)
    }

    @Test func whatWasWrongTwiceIsFreedOnceItIsWhole() throws {
        let (store, blocks) = try open(with: 5)
        defer { store.close() }
        // The walk gets five wrong values, and the second look at the first of them another one.
        disk.faults.wrongReadCount = 6
        #expect(try scrub(store).damagedCount == 1)
        #expect(try store.quarantineRecord(of: blocks[0]) != nil)
        // Once is not enough.
        disk.faults.wrongReadCount = 1
        let half = try scrub(store)
        #expect(half.damagedCount == 1 && half.freedCount == 0)
        let run = try scrub(store)
        #expect(run.damagedCount == 0 && run.freedCount == 1)
        #expect(store.quarantinedCount == 0)
        #expect(try store.quarantineRecord(of: blocks[0]) == nil)
        #expect(try store.get(blocks[0].multihash) == blocks[0].bytes)
    }

    /// A right checksum over bytes that were wrong when they were written.
    @Test func bytesWithAnotherHashAreDamageAlsoAtTheNextOpening() throws {
        let (store, blocks) = try open(with: 3)
        let wrong = VerifiedBlock(cid: blocks[1].cid, alreadyHashed: blocks[0].bytes)
        try store.write(wrong, at: 2)
        #expect(try scrub(store).damagedCount == 1)
        #expect(try store.quarantineRecord(of: blocks[1])?.reason == .wrongValue)
        store.close()
        let again = try open()
        defer { again.close() }
        #expect(again.quarantinedCount == 1)
        #expect(again.recovery.releasedBlockCount == 0)
    }

    /// LevelDB leaves the whole of a damaged part of a table out of a walk.
    @Test func damageOnARealDiskIsFoundAndNothingBesideIt() throws {
        let scratch = try ScratchStore()
        let blocks = try (0..<300).map { try VerifiedBlock(sample: $0, byteCount: 900) }
        let first = try scratch.open()
        try first.append(blocks, by: soon())
        first.close()
        let damaged = [50, 150, 250]
        for number in damaged {
            try blocks[number].flipABit(inTablesOf: scratch.folder + "/blocks")
        }
        let store = try scratch.open()
        defer { store.close() }
        let run = try scrub(store)
        #expect(run.checkedCount == 300 && run.damagedCount == 3 && run.unreadableCount == 0)
        #expect(store.quarantinedCount == 3)
        for (number, block) in blocks.enumerated() {
            let record = try store.quarantineRecord(of: block)
            #expect((record != nil) == damaged.contains(number))
        }
    }

    /// The log no longer says which block it was; the index does.
    @Test func whatIsNoValueAnyMoreIsFoundByTheIndex() throws {
        let (store, blocks) = try open(with: 5)
        defer { store.close() }
        var batch = WriteBatch()
        batch.put(Key(sequence: 2), Bytes([1, 2]))
        batch.put(Key(sequence: 4), Bytes([9] + [UInt8](repeating: 0, count: 80)))
        try store.log.holder.current().write(batch, isSynced: true)
        let run = try scrub(store)
        // What may be of a later version is condemned by nobody.
        #expect(run.checkedCount == 3 && run.damagedCount == 1)
        #expect(run.unreadableCount == 3)
        #expect(store.quarantinedCount == 1)
        for (number, block) in blocks.enumerated() {
            let record = try store.quarantineRecord(of: block)
            #expect(record?.reason == (number == 1 ? .wrongValue : nil))
        }
    }

    /// A walk over the log does not see what is missing; the index knows.
    @Test func whatTheLogHasLostIsFoundByTheIndex() throws {
        let (store, blocks) = try open(with: 5)
        defer { store.close() }
        #expect(try scrub(store).damagedCount == 0)
        var batch = WriteBatch()
        batch.delete(Key(sequence: 3))
        try store.log.holder.current().write(batch, isSynced: true)
        let run = try scrub(store)
        #expect(run.checkedCount == 4 && run.damagedCount == 1 && run.unreadableCount == 0)
        for (number, block) in blocks.enumerated() {
            #expect((try store.quarantineRecord(of: block) != nil) == (number == 2))
        }
        // Stored again it is there.
        try store.append([blocks[2]], by: soon())
        #expect(try store.get(blocks[2].multihash) == blocks[2].bytes)
        try store.forEachBlock { _, _ in true }
        #expect(try scrub(store).damagedCount == 0)
        #expect(store.quarantinedCount == 0)
    }

    @Test func whatTheDiskDoesNotGiveCondemnsNothing() throws {
        let (store, _) = try open(with: 5)
        defer { store.close() }
        disk.faults.badKeys = [Key(sequence: 2), Key(sequence: 5)]
        let run = try scrub(store)
        #expect(run.checkedCount == 3 && run.unreadableCount == 2 && run.damagedCount == 0)
        #expect(store.quarantinedCount == 0)
    }

    @Test func valuesThatTheIndexDoesNotKnowAreGarbage() throws {
        let (store, blocks) = try open(with: 5)
        defer { store.close() }
        let entry = try #require(try store.indexEntry(blocks[3].multihash))
        try store.meta.write([.forget(blocks[3].multihash, entry)], by: soon())
        // One that was damaged, and stored again: the index points at the later value.
        try store.write(blocks[0], at: 1, flippingLast: true)
        #expect(throws: BlockStoreError.self) { try store.get(blocks[0].multihash) }
        try store.append([blocks[0]], by: soon())
        try store.forEachBlock { _, _ in true }
        let run = try scrub(store)
        #expect(run.checkedCount == 6 && run.garbageCount == 2 && run.damagedCount == 0)
        #expect(store.quarantinedCount == 0)
    }

    // MARK: rows

    private func place(of block: VerifiedBlock) -> Key {
        Pin.table.place(of: PinKey(block.cid, .rpc))
    }

    private func write(_ value: Bytes, at sequence: UInt64, in store: BlockStore) throws {
        var batch = WriteBatch()
        batch.put(Key(sequence: sequence), value)
        try store.log.holder.current().write(batch, isSynced: true)
    }

    /// `meta/` has what stood there.
    @Test func theDamagedEntryOfARowIsWrittenAnew() throws {
        let (store, blocks) = try open(with: 2)
        defer { store.close() }
        for block in blocks { try store.pin(block.cid, mode: .direct, name: "pin", by: soon()) }
        try store.meta.waitForIndex(through: 4, by: soon())
        try write([2, 0, 1, 2, 3], at: 3, in: store)
        let run = try scrub(store)
        #expect(run.checkedCount == 2 && run.unreadableCount == 1 && run.damagedCount == 0)
        let page = try store.logPage(above: 0)
        #expect(page.gaps.isEmpty && page.rows.map(\.sequence) == [4, 5])
        #expect(page.rows.map(\.key) == [place(of: blocks[1]), place(of: blocks[0])])
        #expect(try store.pin(of: blocks[0].cid)?.name == "pin")
        #expect(try scrub(store).unreadableCount == 0)
    }

    /// What a crash has kept from leaving the log. The only entry of a row stays, whatever `meta/` says.
    @Test func whatSaysNothingAnyMoreLeavesTheLog() throws {
        let (store, blocks) = try open(with: 4)
        defer { store.close() }
        for name in ["first", "second"] {
            try store.pin(blocks[0].cid, mode: .direct, name: "", by: soon())
            try store.unpin(blocks[0].cid, by: soon())
            try store.meta.waitForIndex(through: store.lastSequence, by: soon())
            try store.pin(blocks[1].cid, mode: .direct, name: name, by: soon())
        }
        try store.meta.waitForIndex(through: 10, by: soon())
        #expect(try store.logPage(above: 0).rows.map(\.sequence) == [10])
        for (sequence, block, record) in [
            (5, blocks[1], "before"), (6, blocks[0], nil), (7, blocks[3], "lost by meta/"),
        ] as [(UInt64, VerifiedBlock, Bytes?)] {
            let row = StoredRow(key: place(of: block), record: record)
            try write(row.header.appending(record ?? .empty), at: sequence, in: store)
        }
        _ = try scrub(store)
        try store.pin(blocks[2].cid, mode: .direct, name: "", by: soon())
        #expect(try store.logPage(above: 0).rows.map(\.sequence) == [7, 10, 11])
    }

    @Test func aRunGoesOnAfterARestart() throws {
        let store = try open()
        let blocks = try (0..<6).map { try VerifiedBlock(sample: $0, byteCount: 3 << 20) }
        for block in blocks { try store.append([block], by: soon()) }
        try store.forEachBlock { _, _ in true }
        let scrubber = Scrubber(every: .seconds(100))
        let first = FollowerRunner(scrubber, on: store, bytesPerSecond: 1, clock: clock)
        first.start()
        #expect(clock.rest() != .none)
        let begun = try #require(first.status.follower.run)
        #expect(begun.checkedCount == 2 && first.status.position == 2)
        #expect(first.stop(by: soon()))
        store.close()
        let again = try open()
        defer { again.close() }
        let known = try FollowerStatus<Scrubber>(storedIn: again)
        #expect(known.follower.run == begun && known.position == 2 && known.lag == 4)
        let second = FollowerRunner(scrubber, on: again, clock: clock)
        second.start()
        #expect(comesTrue { second.status.follower.lastRun != nil })
        #expect(second.status.follower.lastRun?.checkedCount == 6)
        #expect(second.status.follower.lastRun?.began == begun.began)
        #expect(second.stop(by: soon()))
    }

    @Test func itBeginsAgainWhenItsTimeHasCome() throws {
        let (store, _) = try open(with: 2)
        defer { store.close() }
        let runner = FollowerRunner(Scrubber(every: .seconds(100)), on: store, clock: clock)
        runner.start()
        #expect(clock.rest() == .until(clock.now.advanced(by: .seconds(100))))
        let first = try #require(runner.status.follower.lastRun)
        #expect(first.checkedCount == 2)
        clock.advance(by: .seconds(99))
        #expect(clock.rest() == .until(clock.now.advanced(by: .seconds(1))))
        #expect(runner.status.follower.lastRun == first)
        clock.advance(by: .seconds(1))
        #expect(comesTrue { runner.status.follower.lastRun?.began != first.began })
        #expect(runner.status.follower.lastRun?.checkedCount == 2)
        #expect(runner.stop(by: soon()))
    }

    @Test func whoAsksGetsARunAtFullSpeedAndOne() throws {
        let (store, _) = try open(with: 3)
        defer { store.close() }
        let runner = FollowerRunner(
            Scrubber(every: .seconds(1000)), on: store, bytesPerSecond: 1, clock: clock)
        runner.start()
        #expect(clock.rest() == .until(clock.now.advanced(by: .seconds(1000))))
        let last = try #require(runner.status.follower.lastRun)
        // Less than the page of the first run has used up of the pace.
        clock.advance(by: .seconds(10))
        runner.hurry()
        runner.hurry()
        #expect(comesTrue { runner.status.follower.lastRun != last })
        #expect(runner.status.follower.lastRun?.checkedCount == 3)
        #expect(runner.stop(by: soon()))
    }

    // MARK: the value alone

    private func moment(_ seconds: Int64, at position: UInt64, of last: UInt64) -> FollowerMoment {
        FollowerMoment(time: WallTime(seconds: seconds), position: position, last: last)
    }

    @Test func aRunEndsWhereTheLogEndedAtItsBegin() {
        var scrubber = Scrubber(every: .seconds(60))
        #expect(scrubber.plan(at: moment(10, at: 7, of: 9)) == .move(to: 0))
        #expect(scrubber.run?.target == 9)
        #expect(scrubber.plan(at: moment(11, at: 0, of: 9)) == .read)
        #expect(scrubber.plan(at: moment(12, at: 8, of: 20)) == .read)
        #expect(scrubber.plan(at: moment(13, at: 9, of: 20)) == .move(to: 9))
        #expect(scrubber.run == nil && scrubber.lastRun?.ended == WallTime(seconds: 13))
        #expect(scrubber.plan(at: moment(20, at: 9, of: 20)) == .rest(.seconds(50)))
    }

    @Test func anEmptyLogAndOneThatIsShorterThanBeforeEndARun() {
        var scrubber = Scrubber(every: .seconds(60))
        #expect(scrubber.plan(at: moment(10, at: 0, of: 0)) == .move(to: 0))
        #expect(scrubber.plan(at: moment(10, at: 0, of: 0)) == .move(to: 0))
        #expect(scrubber.run == nil && scrubber.lastRun != nil)
        #expect(scrubber.plan(at: moment(70, at: 0, of: 9)) == .move(to: 0))
        #expect(scrubber.plan(at: moment(70, at: 5, of: 5)) == .move(to: 5))
        #expect(scrubber.run == nil)
    }

    /// What it has met outlives a restart, as the rest of the run does.
    @Test func aRunThatHasMetSomethingComparesItBeforeItsEnd() {
        var scrubber = Scrubber(every: .seconds(60))
        _ = scrubber.plan(at: moment(10, at: 0, of: 9))
        var page = LogPage(above: 0, last: 9)
        page.pass(through: 9)
        _ = scrubber.step(page)
        var findings = BlockFindings()
        (findings.wholeCount, findings.garbageCount) = (3, 2)
        scrubber.note(findings)
        var again = Scrubber(every: .seconds(60))
        let isKnown = again.restore(scrubber.state)
        #expect(isKnown && again.state == scrubber.state)
        guard case .compare(let census) = again.plan(at: moment(11, at: 9, of: 9)) else {
            Issue.record("nothing is compared")
            return
        }
        #expect(census.through == 9 && census.count == 1)
        #expect(census.lacking([3]) == [] && census.lacking([4]) == [0])
        again.note(BlockFindings())
        #expect(again.plan(at: moment(12, at: 9, of: 9)) == .move(to: 9))
        #expect(again.run == nil)
    }

    @Test func aClockThatWasSetBackPutsNothingOffForEver() {
        #expect(Scrubber.left(of: .seconds(60), since: nil, at: WallTime(seconds: 5)) == .zero)
        let began = WallTime(seconds: 1000)
        #expect(
            Scrubber.left(of: .seconds(60), since: began, at: WallTime(seconds: 1010))
                == .seconds(50))
        #expect(Scrubber.left(of: .seconds(60), since: began, at: WallTime(seconds: 999)) == .zero)
        #expect(Scrubber.left(of: .seconds(60), since: began, at: WallTime(seconds: 2000)) == .zero)
    }

    @Test func whereItIsOffItRunsForThoseWhoAskOnly() {
        var scrubber = Scrubber(every: nil)
        #expect(scrubber.plan(at: moment(10, at: 0, of: 9)) == .rest(nil))
        scrubber.hurry(at: moment(11, at: 0, of: 9))
        #expect(scrubber.plan(at: moment(11, at: 0, of: 9)) == .move(to: 0))
        #expect(scrubber.isHurried)
        // Again while it goes on is no other run.
        scrubber.hurry(at: moment(12, at: 3, of: 9))
        #expect(scrubber.plan(at: moment(12, at: 3, of: 9)) == .read)
        #expect(scrubber.plan(at: moment(13, at: 9, of: 9)) == .move(to: 9))
        #expect(!scrubber.isHurried)
    }

    @Test func itsStateComesBack() {
        var scrubber = Scrubber(every: .seconds(60))
        var states = [scrubber.state]
        for position in [0, 0, 9, 9] as [UInt64] {
            _ = scrubber.plan(at: moment(100, at: position, of: 9))
            states.append(scrubber.state)
        }
        scrubber.hurry(at: moment(101, at: 9, of: 9))
        states.append(scrubber.state)
        _ = scrubber.plan(at: moment(101, at: 9, of: 9))
        states.append(scrubber.state)
        for state in states {
            var again = Scrubber(every: .seconds(60))
            let isKnown = again.restore(state)
            #expect(isKnown && again.state == state)
        }
        #expect(Set(states).count == 5)
    }

    @Test func noStateMakesItTrap() {
        var random = SeededRandom(seed: 3)
        for _ in 0..<20_000 {
            var bytes = random.bytes(random.below(40)).array
            if !bytes.isEmpty, random.below(4) > 0 { bytes[0] = 2 }
            var scrubber = Scrubber(every: .seconds(60))
            guard scrubber.restore(Bytes(bytes)) else { continue }
            _ = scrubber.plan(at: moment(100, at: 3, of: 9))
            _ = scrubber.step(LogPage(above: 3, last: 9))
            _ = scrubber.state
        }
    }
}
