import Execution
import Multiformats
import TestSupport
import Testing

@testable import BlockStore

/// One database of yesterday beside the other of today, in real folders.
@Suite(.timeLimit(.minutes(40)))
struct OlderCopyTests {
    private let scratch: ScratchStore
    private let blocks: [VerifiedBlock]

    init() throws {
        scratch = try ScratchStore()
        blocks = try (0..<40).map { try VerifiedBlock(sample: $0) }
    }

    /// Two days, with one of the databases as it was between them.
    private func mix(_ name: DatabaseName) throws {
        let folder = scratch.folder + "/" + name.rawValue
        let first = try scratch.open()
        try first.append(Array(blocks[..<20]), by: soon())
        try first.pin(blocks[0].cid, mode: .direct, name: "yesterday", by: soon())
        first.close()
        try File.copyTree(folder, to: folder + "-yesterday")
        let second = try scratch.open()
        try second.append(Array(blocks[20...]), by: soon())
        try second.pin(blocks[20].cid, mode: .direct, name: "today", by: soon())
        try second.unpin(blocks[0].cid, by: soon())
        try second.meta.waitForIndex(through: second.lastSequence, by: soon())
        try second.delete(blocks[5].multihash)
        second.close()
        try File.removeTree(folder)
        try File.rename(folder + "-yesterday", to: folder)
    }

    private func expectPins(in store: BlockStore) throws {
        #expect(try store.pin(of: blocks[0].cid) == nil)
        #expect(try store.pin(of: blocks[20].cid)?.name == "today")
        #expect(try !store.contains(blocks[5].multihash))
    }

    private func expectAllOnceStoredAgain(in store: BlockStore) throws {
        try store.append(blocks, by: soon())
        for block in blocks { #expect(try store.get(block.multihash) == block.bytes) }
        #expect(store.statistics.blockCount == blocks.count)
        store.close()
        let again = try scratch.open()
        defer { again.close() }
        for block in blocks { #expect(try again.get(block.multihash) == block.bytes) }
        #expect(again.recovery.lostBlockCount == 0 && !again.recovery.didCheckEverything)
        #expect(again.damage.count == 1, "a restart does not make it look whole")
    }

    @Test func metaOfYesterdayIsMadeAnew() throws {
        try mix(.meta)
        let store = try scratch.open()
        #expect(store.damage.count == 1)
        #expect(store.damage.first?.contains("older than blocks/") == true)
        let copies = try File.names(in: scratch.folder).filter { $0.hasPrefix("meta-damaged-") }
        #expect(copies.count == 1)
        try expectPins(in: store)
        for (number, block) in blocks.enumerated() where number != 5 {
            #expect(try store.get(block.multihash) == block.bytes)
        }
        #expect(store.quarantinedCount == 0)
        try expectAllOnceStoredAgain(in: store)
    }

    @Test func whatBlocksOfYesterdayLacksIsTold() throws {
        try mix(.blocks)
        let store = try scratch.open()
        #expect(store.damage.count == 1)
        #expect(store.damage.first?.contains("20 blocks are missing") == true)
        #expect(store.quarantinedCount == 20)
        try expectPins(in: store)
        try expectAllOnceStoredAgain(in: store)
    }
}
