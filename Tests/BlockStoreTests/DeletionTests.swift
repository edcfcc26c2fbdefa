import Buffers
import Execution
import Multiformats
import Telemetry
import TestSupport
import Testing

@testable import BlockStore

/// Many blocks are deleted together, and each is what its answer says, also where nobody waits for it.
@Suite(.timeLimit(.minutes(40)))
struct DeletionTests {
    private let disk = SimulatedDisk(seed: 1)
    private let options: BlockStoreOptions
    private let store: BlockStore

    init() throws {
        var options = BlockStoreOptions.simulated(on: disk)
        options.cacheByteCount = 1 << 20
        self.options = options
        store = try BlockStore.open(options)
    }

    /// The log has nothing left to delete, which could fail later.
    private func logIsDone() -> Bool {
        let log = store.log.state
        return comesTrue { log.withLock { $0.deletionByteCount } == 0 }
    }

    /// Stored, and in the index on disk.
    private func blocks(_ numbers: Range<Int>) throws -> [VerifiedBlock] {
        let blocks = try numbers.map { try VerifiedBlock(sample: $0, byteCount: 16) }
        try store.append(blocks, by: soon())
        // The walk waits for the index.
        try store.forEachBlock { _, _ in false }
        return blocks
    }

    /// One at a time, the disk would be waited for as often as there are blocks.
    @Test func manyBlocksGoInFewWrites() throws {
        defer { store.close() }
        let count = 2 * Limits.deletionBatchCountMax + 5
        let multihashes = try blocks(0..<count).map(\.multihash)
        let before = store.meta.figures.batches.value
        var rest = multihashes[...]
        while !rest.isEmpty {
            let batch = try store.delete(rest, by: soon())
            #expect(batch.failure == nil && batch.outcomes.allSatisfy { $0 == .deleted })
            try #require(!batch.outcomes.isEmpty)
            rest = rest.dropFirst(batch.outcomes.count)
        }
        #expect(store.meta.figures.batches.value - before <= 4)
        #expect(store.statistics.blockCount == 0 && store.statistics.byteCount == 0)
        #expect(try multihashes.allSatisfy { try store.get($0) == nil })
        #expect(logIsDone())
        let last = try store.log.holder.current().value(for: Key(sequence: UInt64(count)))
        #expect(last == nil)
    }

    @Test func eachBlockHasItsAnswerInTheOrderAsked() throws {
        defer { store.close() }
        let here = try blocks(0..<3)
        // On its way to the index, as a rule.
        let late = try VerifiedBlock(sample: 3, byteCount: 16)
        try store.append([late], by: soon())
        let absent = try VerifiedBlock(sample: 4).multihash
        let identity = Multihash(code: .identity, digest: Bytes(utf8: "x"))
        let wanted = [
            here[0].multihash, identity, here[0].multihash, absent, late.multihash,
            here[1].multihash,
        ]
        let batch = try store.delete(wanted, by: soon())
        #expect(batch.failure == nil)
        #expect(batch.outcomes == [.deleted, .absent, .absent, .absent, .deleted, .deleted])
        #expect(store.statistics.blockCount == 1)
        #expect(store.statistics.byteCount == 16)
        #expect(try store.delete([identity], by: soon()).outcomes == [.absent])
        #expect(try store.delete([Multihash](), by: soon()).outcomes.isEmpty)
    }

    @Test func noneIsDeletedWhereThePinsHaveChanged() throws {
        defer { store.close() }
        let here = try blocks(0..<3)
        let mark = store.pinMark
        try store.pin(here[1].cid, mode: .direct, name: "", by: soon())
        let batch = try store.delete(here.map(\.multihash), ifNoPinSince: mark, by: soon())
        #expect(batch.pinsHaveChanged)
        #expect(batch.outcomes == [.pinsChanged, .pinsChanged, .pinsChanged])
        #expect(try here.allSatisfy { try store.contains($0.multihash) })
        // What was announced has ended.
        #expect(try store.deletions(since: store.deletionMark, by: soon()) == nil)
    }

    /// Who gives up at its deadline has a pin on its way, which comes behind the look of who deletes.
    @Test func aPinThatNobodyWaitsForIsSeenBehindTheMark() throws {
        defer { store.close() }
        disk.faults.writeWaits = 1000
        let block = try blocks(0..<1)[0]
        var givenUpCount = 0
        for number in 0..<300 {
            do throws(BlockStoreError) {
                try store.pin(
                    block.cid, mode: .direct, name: "\(number)",
                    by: .after(.microseconds(number)))
            } catch {
                #expect(error.code == .deadlineExceeded)
                givenUpCount += 1
            }
            _ = try store.visiblePinMark(by: soon())
            let seen = try store.pin(of: block.cid)
            try store.log.wait(for: store.log.state.withLock { $0.tail }, by: soon())
            #expect(try store.pin(of: block.cid) == seen)
            try store.unpin([block.cid], ignoringAbsent: true, by: soon())
        }
        #expect(givenUpCount > 0)
    }

    /// Who stores a block again waits for the deletion, not for its caller: else it is passed over as stored,
    /// and gone a moment later.
    @Test func whatNobodyWaitsForEndsAllTheSame() throws {
        defer { store.close() }
        disk.faults.writeWaits = 1000
        let block = try blocks(0..<1)[0]
        for _ in 0..<100 {
            let batch = try store.delete(
                [block.multihash], by: .at(Instant(nanoseconds: 1)))
            #expect(batch.outcomes == [batch.failure == nil ? .deleted : .unknown])
            if let failure = batch.failure { #expect(failure.code == .deadlineExceeded) }
            try store.append([block], by: soon())
            // Behind all that the lane has taken over.
            try store.meta.write([], by: soon())
            #expect(try store.get(block.multihash) == block.bytes)
            try store.forEachBlock { _, _ in false }
        }
        #expect(store.statistics.blockCount == 1)
    }

    /// Until the index is open again, it shows blocks that may be gone.
    @Test func aDeletionWhoseWriteFailedEndsWhenTheIndexIsOpenAgain() throws {
        defer { store.close() }
        for number in 0..<20 {
            let block = try blocks(number..<number + 1)[0]
            disk.faults.writeFails = 1000
            disk.faults.openFails = 1000
            let batch = try store.delete([block.multihash], by: soon())
            #expect(batch.outcomes == [.unknown] && batch.failure?.code == .readOnly)
            let mark = store.deletionMark
            let error = #expect(throws: BlockStoreError.self) {
                try store.deletions(since: mark, by: soon())
            }
            #expect(error?.code == .readOnly)
            #expect(throws: BlockStoreError.self) { try store.delete(block.multihash) }
            disk.faults = SimulatedDisk.Faults()
            #expect(comesTrue { if case .writable = store.health { true } else { false } })
            // Whoever took the mark may have seen what is gone by now.
            #expect(try store.deletions(since: mark, by: soon()) != nil)
            let isHere = try store.contains(block.multihash)
            #expect(try store.get(block.multihash) == (isHere ? block.bytes : nil))
            #expect(
                try store.delete(block.multihash, by: soon()) == (isHere ? .deleted : .absent))
            #expect(store.statistics.blockCount == 0)
            #expect(logIsDone())
        }
    }

    /// Pins that a repair has left out are seen again behind the next start: until then their blocks stay.
    @Test func nothingIsDeletedWhereARepairMayHaveTakenPins() throws {
        let here = try blocks(0..<2)
        let (pinned, free) = (here[0], here[1])
        try store.pin(pinned.cid, mode: .direct, name: "", by: soon())
        try store.meta.waitForIndex(through: store.lastSequence, by: soon())
        disk.faults.writeFails = 1000
        disk.faults.openFails = 1000
        #expect(throws: BlockStoreError.self) {
            try store.meta.write([.delete(MetaKey.quarantine(free.multihash))], by: soon())
        }
        let place = Pin.table.place(of: PinKey(pinned.cid, .rpc))
        disk.lose(.meta) { key, _ in key == place }
        disk.faults = SimulatedDisk.Faults()
        #expect(comesTrue { if case .writable = store.health { true } else { false } })
        #expect(try store.pin(of: pinned.cid) == nil)
        #expect(!store.damage.isEmpty)
        for block in here {
            let error = #expect(throws: BlockStoreError.self) {
                try store.delete(block.multihash, by: soon())
            }
            #expect(error?.code == .readOnly)
            #expect(error?.message.contains("restart the node") == true)
        }
        // What was announced has ended.
        #expect(try store.deletions(since: store.deletionMark, by: soon()) == nil)
        store.close()

        let again = try BlockStore.open(options)
        defer { again.close() }
        #expect(try again.pin(of: pinned.cid) != nil)
        #expect(try again.get(pinned.multihash) == pinned.bytes)
        #expect(try again.delete(free.multihash, by: soon()) == .deleted)
    }
}
