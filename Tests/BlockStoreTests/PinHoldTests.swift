import Buffers
import Execution
import Multiformats
import TestSupport
import Testing

@testable import BlockStore

/// Roots are kept while somebody is about to pin them, and what was there before can be put back.
@Suite(.timeLimit(.minutes(40)))
struct PinHoldTests {
    private let disk = SimulatedDisk(seed: 1)
    private let options: BlockStoreOptions
    private let store: BlockStore
    private let blocks: [VerifiedBlock]
    private let cids: [CID]

    init() throws {
        var options = BlockStoreOptions.simulated(on: disk)
        options.cacheByteCount = 1 << 20
        self.options = options
        store = try BlockStore.open(options)
        blocks = try (0..<4).map { try VerifiedBlock(sample: $0, byteCount: 16) }
        try store.append(blocks, by: soon())
        cids = blocks.map(\.cid)
    }

    private func pin(_ cids: [CID], of hold: PinHold) throws -> Bool {
        try store.pin(cids, of: hold, since: store.deletionMark, by: soon())
    }

    private func roots(_ mode: Pin.Mode? = nil) throws -> Set<CID> {
        var roots: Set<CID> = []
        try store.forEachRoot(mode: mode) { cid, _ in
            roots.insert(cid)
            return true
        }
        return roots
    }

    /// Who has looked at the pins before must look again, and then sees what is not on disk.
    @Test func whatIsHeldIsKeptAndNotPinned() throws {
        defer { store.close() }
        try store.pin(cids[0], mode: .direct, name: "", by: soon())
        let mark = store.pinMark
        let hold = store.hold(cids.prefix(2), mode: .recursive, name: "")
        let outcome = try store.delete(blocks[1].multihash, ifNoPinSince: mark, by: soon())
        #expect(outcome == .pinsChanged)
        #expect(Set(store.rootsPinned(since: mark) ?? []) == Set(cids.prefix(2)))
        #expect(try roots() == Set(cids.prefix(2)))
        #expect(try roots(.recursive) == Set(cids.prefix(2)))
        #expect(try cids.prefix(2).allSatisfy { try store.rootMode(of: $0) == .recursive })
        #expect(try store.pin(of: cids[1]) == nil)
        store.letGo(of: hold)
        #expect(try store.rootMode(of: cids[0]) == .direct)
        #expect(try store.rootMode(of: cids[1]) == nil)
        #expect(try roots(.recursive).isEmpty)
    }

    /// As by a kill: nothing of it is on disk.
    @Test func aStartKnowsOfNoHold() throws {
        _ = store.hold(cids, mode: .recursive, name: "")
        store.close()
        let again = try BlockStore.open(options)
        defer { again.close() }
        #expect(try cids.allSatisfy { try again.rootMode(of: $0) == nil })
    }

    @Test func whatWasThereIsPutBack() throws {
        defer { store.close() }
        try store.pin(cids[0], mode: .direct, name: "old", by: soon())
        try store.pin(cids[1], mode: .recursive, name: "old", by: soon())
        try store.pin(cids[2], mode: .recursive, name: "new", by: soon())
        let before = try cids.map { try store.pin(of: $0) }
        let hold = store.hold(cids, mode: .recursive, name: "new")
        defer { store.letGo(of: hold) }
        #expect(try pin(cids, of: hold))
        // Again, as behind a write that has failed.
        #expect(try pin(cids, of: hold))
        #expect(try cids.allSatisfy { try store.pin(of: $0)?.name == "new" })
        // That which was so already is not this call's.
        #expect(Set(hold.changedRoots) == [cids[0], cids[1], cids[3]])
        try store.putBack(hold.changedRoots, of: hold, by: soon())
        #expect(try cids.map { try store.pin(of: $0) } == before)
    }

    @Test func whatOthersHaveConfirmedOrChangedStays() throws {
        defer { store.close() }
        try store.pin(cids, mode: .direct, name: "old", by: soon())
        let hold = store.hold(cids, mode: .recursive, name: "new")
        defer { store.letGo(of: hold) }
        #expect(try pin(cids, of: hold))
        // The same again, another name, taken away; of another holder.
        try store.pin(cids[0], mode: .recursive, name: "new", by: soon())
        try store.pin(cids[1], mode: .recursive, name: "other", by: soon())
        try store.unpin(cids[2], by: soon())
        let profile = Pin.Holder.profile(Bytes(utf8: "profile"))
        try store.pin(cids[3], mode: .recursive, name: "new", holder: profile, by: soon())
        try store.putBack(cids, of: hold, by: soon())
        #expect(
            try cids.map { try store.pin(of: $0)?.name } == ["new", "other", nil, "old"])
        #expect(try store.pin(of: cids[3])?.mode == .direct)
    }

    /// What somebody else has made before it was overwritten is put back.
    @Test func whatOthersHaveMadeBeforeTheWriteIsPutBack() throws {
        defer { store.close() }
        let hold = store.hold(cids, mode: .recursive, name: "new")
        defer { store.letGo(of: hold) }
        try store.pin(cids[0], mode: .recursive, name: "other", by: soon())
        #expect(try pin(cids, of: hold))
        try store.putBack(cids, of: hold, by: soon())
        #expect(try cids.map { try store.pin(of: $0)?.name } == ["other", nil, nil, nil])
    }

    /// However many: nobody has to have remembered them.
    @Test func manyArePutBack() throws {
        defer { store.close() }
        let blocks = try (0..<3000).map { try VerifiedBlock(sample: $0, byteCount: 16) }
        try store.append(blocks, by: soon())
        let cids = blocks.map(\.cid)
        try store.pin(Array(cids.prefix(100)), mode: .direct, name: "old", by: soon())
        let hold = store.hold(cids, mode: .recursive, name: "new")
        defer { store.letGo(of: hold) }
        #expect(try pin(cids, of: hold))
        try store.pin(cids[2000], mode: .recursive, name: "new", by: soon())
        try store.putBack(cids, of: hold, by: soon())
        for (index, cid) in cids.enumerated() {
            let name = index < 100 ? "old" : index == 2000 ? "new" : nil
            #expect(try store.pin(of: cid)?.name == name, "\(index)")
        }
    }

    /// Blocks that were seen before may have been lost by it.
    @Test func nothingIsPinnedWhereAWriteHasFailedSince() throws {
        defer { store.close() }
        let hold = store.hold(cids, mode: .recursive, name: "")
        defer { store.letGo(of: hold) }
        let mark = store.deletionMark
        disk.faults.writeFails = 1000
        disk.faults.openFails = 1000
        let other = try VerifiedBlock(sample: 10, byteCount: 16)
        #expect(throws: BlockStoreError.self) { try store.append([other], by: soon()) }
        disk.faults = SimulatedDisk.Faults()
        #expect(comesTrue { if case .writable = store.health { true } else { false } })
        #expect(try !store.pin(cids, of: hold, since: mark, by: soon()))
        #expect(try cids.allSatisfy { try store.pin(of: $0) == nil })
        #expect(hold.changedRoots.isEmpty)
        let now = try #require(try store.deletions(since: mark, by: soon()))
        #expect(try store.pin(cids, of: hold, since: now, by: soon()))
        #expect(try cids.allSatisfy { try store.pin(of: $0) != nil })
    }
}
