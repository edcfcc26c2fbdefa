import Buffers
import Execution
import Multiformats
import TestSupport
import Testing

@testable import BlockStore

/// A log that ends before `meta/` has seen it end, and a `meta/` that is older than the log has seen it. What leaves
/// the log in ordinary life looks like neither.
@Suite(.timeLimit(.minutes(40)))
struct LogEndTests {
    private let disk = SimulatedDisk(seed: 1)
    private let blocks: [VerifiedBlock]

    init() throws { blocks = try (0..<6).map { try VerifiedBlock(sample: $0) } }

    private func open() throws -> BlockStore { try BlockStore.open(.simulated(on: disk)) }

    /// Runs a life of the store, at whose end the index has everything.
    private func live(_ body: (BlockStore) throws -> Void) throws {
        let store = try open()
        defer { store.close() }
        try body(store)
        try store.meta.waitForIndex(through: store.lastSequence, by: soon())
    }

    /// Numbers 1 to 3, a pin, 5 to 7, a pin.
    private func fill() throws {
        try live { store in
            try store.append(Array(blocks[..<3]), by: soon())
            try store.pin(blocks[0].cid, mode: .direct, name: "before", by: soon())
            try store.append(Array(blocks[3...]), by: soon())
            try store.pin(blocks[5].cid, mode: .direct, name: "behind", by: soon())
        }
    }

    /// Takes away what has a number above one, and says nothing.
    private func cut(above last: UInt64) {
        disk.lose(.blocks, isNoticed: false) { key, _ in key.sequence.map { $0 > last } ?? true }
    }

    private func expectOrder() throws {
        try live { store in
            #expect(store.recovery == RecoveryReport())
            #expect(store.quarantinedCount == 0 && store.damage.isEmpty)
        }
    }

    // MARK: ordinary life

    @Test func anEndThatWasDeletedIsNoLoss() throws {
        try fill()
        try live { store in
            try store.unpin(blocks[5].cid, by: soon())
            try store.meta.waitForIndex(through: store.lastSequence, by: soon())
        }
        try expectOrder()
        try live { store in
            for block in blocks[3...] { try store.delete(block.multihash) }
        }
        try expectOrder()
        try live { store in
            #expect(try store.logPage(above: 0).items.count == 3)
            // Numbers go on behind those that were taken out: a pin, and that it was removed.
            try store.append([blocks[4]], by: soon())
            #expect(try store.place(of: blocks[4].multihash) == 10)
        }
        try expectOrder()
    }

    @Test func aLogOfWhichNothingIsLeftIsNoLoss() throws {
        try live { store in
            try store.append(blocks, by: soon())
            for block in blocks { try store.delete(block.multihash) }
        }
        try expectOrder()
        try live { store in
            let page = try store.logPage(above: 0)
            #expect(page.items.isEmpty && store.lastSequence == 6)
        }
    }

    // MARK: the log has lost its end

    @Test(arguments: [false, true])
    func anEndThatIsLostIsToldAndNothingIsAcknowledgedWithoutIt(readsFirst: Bool) throws {
        try fill()
        cut(above: 5)
        let store = try open()
        #expect(store.recovery.lostBlockCount == 2 && store.recovery.rewrittenRowCount == 1)
        #expect(!store.recovery.didCheckEverything)
        #expect(store.damage.count == 1)
        #expect(store.damage.first?.contains("ends with number 5") == true)
        #expect(store.damage.first?.contains("2 blocks are missing") == true)
        #expect(store.quarantinedCount == 2)
        #expect(try store.quarantineRecord(of: blocks[4])?.reason == .lost)
        for (number, block) in blocks.enumerated() where readsFirst || number < 4 {
            guard number >= 4 else {
                #expect(try store.get(block.multihash) == block.bytes)
                continue
            }
            let error = #expect(throws: BlockStoreError.self) { try store.get(block.multihash) }
            #expect(error?.code == .corrupt)
        }
        for (number, name) in [(0, "before"), (5, "behind")] {
            #expect(try store.pin(of: blocks[number].cid)?.name == name)
        }
        try store.append(blocks, by: soon())
        for block in blocks { #expect(try store.get(block.multihash) == block.bytes) }
        try store.forEachBlock { _, _ in true }
        #expect(store.statistics.blockCount == 6 && store.quarantinedCount == 0)
        // The pin has an entry again, and none of the lost numbers is given out twice.
        #expect(try store.logPage(above: 5).rows.map(\.sequence) == [9])
        #expect(try store.place(of: blocks[4].multihash) == 10)
        store.close()
        let again = try open()
        defer { again.close() }
        #expect(again.recovery == RecoveryReport() && again.damage.count == 1)
    }

    /// What was lost is lost once: the next start has nothing to tell, whatever was stored meanwhile.
    @Test func aLossIsFoundOnce() throws {
        try live { try $0.append(blocks, by: soon()) }
        cut(above: 4)
        try open().close()
        for _ in 0..<2 {
            let store = try open()
            #expect(store.recovery == RecoveryReport())
            #expect(store.quarantinedCount == 2 && store.damage.count == 1)
            store.close()
        }
        try live { store in
            try store.append([try VerifiedBlock(sample: 99)], by: soon())
            #expect(store.lastSequence == 7)
        }
    }

    /// The start is repeated until it has come to its end: nothing is forgotten on the way.
    @Test(arguments: 1...6)
    func aStartThatIsBrokenOffTellsItTheNextTime(write: Int) throws {
        try fill()
        cut(above: 5)
        disk.cutPower(atWrite: write)
        try? open().close()
        disk.powerOn()
        let store = try open()
        #expect(!store.damage.isEmpty && store.quarantinedCount == 2)
        #expect(try store.pin(of: blocks[5].cid)?.name == "behind")
        #expect(try store.logPage(above: 0).rows.count == 2, "each pin has its entry")
        store.close()
        // `meta/` can be made anew from it.
        disk.lose(.meta) { _, _ in true }
        let last = try open()
        defer { last.close() }
        for (number, name) in [(0, "before"), (5, "behind")] {
            #expect(try last.pin(of: blocks[number].cid)?.name == name)
        }
    }

    /// A whole log without its end is not believed where it lacks rows.
    @Test func aRepairOfMetaBesideALostEndTakesNoPinAway() throws {
        try fill()
        cut(above: 5)
        disk.lose(.meta) { _, _ in false }
        let store = try open()
        defer { store.close() }
        #expect(store.recovery.didCheckEverything && store.recovery.lostBlockCount == 2)
        #expect(try store.pin(of: blocks[5].cid)?.name == "behind")
        #expect(store.quarantinedCount == 2 && !store.damage.isEmpty)
    }

    /// Nobody was promised anything there.
    @Test func aStoreThatDoesNotSyncForgetsWhatItHasLost() throws {
        var options = BlockStoreOptions.simulated(on: disk)
        options.durability = .os
        let first = try BlockStore.open(options)
        try first.append(blocks, by: soon())
        try first.forEachBlock { _, _ in true }
        disk.cutPower()
        first.close()
        disk.powerOn()
        cut(above: 2)
        for _ in 0..<2 {
            let store = try BlockStore.open(options)
            defer { store.close() }
            #expect(store.quarantinedCount == 0 && store.damage.isEmpty)
            var count = 0
            try store.forEachBlock { multihash, _ in
                count += 1
                return try store.get(multihash) != nil
            }
            #expect(store.statistics.blockCount == count)
        }
    }

    // MARK: `meta/` is older

    enum Removal: CaseIterable {
        case block, pin, both
    }

    @Test(arguments: Removal.allCases)
    func whatWasRemovedDoesNotComeBackWithAnOlderMeta(removal: Removal) throws {
        try fill()
        let copy = disk.copy(of: .meta)
        try live { store in
            if removal != .block {
                try store.unpin(blocks[0].cid, by: soon())
                try store.meta.waitForIndex(through: store.lastSequence, by: soon())
            }
            if removal != .pin { try store.delete(blocks[3].multihash) }
        }
        disk.restore(.meta, from: copy)
        let store = try open()
        #expect(store.recovery.didCheckEverything)
        #expect(store.damage.count == 1 && store.damage.first?.contains("older") == true)
        #expect(try (store.pin(of: blocks[0].cid) == nil) == (removal != .block))
        #expect(try store.pin(of: blocks[5].cid)?.name == "behind")
        #expect(try store.contains(blocks[3].multihash) == (removal == .pin))
        #expect(store.quarantinedCount == 0)
        try store.append(blocks, by: soon())
        for block in blocks { #expect(try store.get(block.multihash) == block.bytes) }
        store.close()
        let again = try open()
        defer { again.close() }
        #expect(!again.recovery.didCheckEverything && again.damage.count == 1)
    }

    /// The log has all that it lacks.
    @Test func anOlderMetaFromWhichNothingWasTakenIsBroughtForward() throws {
        try live { try $0.append(Array(blocks[..<3]), by: soon()) }
        let copy = disk.copy(of: .meta)
        try live { store in
            try store.append(Array(blocks[3...]), by: soon())
            for name in ["first", "second"] {
                try store.pin(blocks[4].cid, mode: .direct, name: name, by: soon())
            }
        }
        disk.restore(.meta, from: copy)
        let store = try open()
        defer { store.close() }
        #expect(!store.recovery.didCheckEverything && store.damage.isEmpty)
        #expect(try store.pin(of: blocks[4].cid)?.name == "second")
        for block in blocks { #expect(try store.get(block.multihash) == block.bytes) }
    }

    /// Where `blocks/` was repaired beside it nobody has all: what is gone is told, and nothing is there that is not.
    @Test func anOlderMetaBesideARepairedLogShowsNothingThatIsNotThere() throws {
        try fill()
        let copy = disk.copy(of: .meta)
        try live { try $0.delete(blocks[3].multihash) }
        disk.restore(.meta, from: copy)
        disk.lose(.blocks) { key, _ in key.sequence == 2 }
        let store = try open()
        defer { store.close() }
        #expect(store.recovery.lostBlockCount == 2 && !store.damage.isEmpty)
        for block in [blocks[1], blocks[3]] {
            let error = #expect(throws: BlockStoreError.self) { try store.get(block.multihash) }
            #expect(error?.code == .corrupt)
        }
        try store.append(blocks, by: soon())
        for block in blocks { #expect(try store.get(block.multihash) == block.bytes) }
    }
}
