import BlockStore
import Buffers
import Content
import Execution
import Multiformats
import TestSupport
import Testing

@testable import KuboRPC

/// `repo verify` beside other work.
@Suite(.serialized, .timeLimit(.minutes(40)))
struct StoreCheckTests {
    private let node: TestNode

    init() throws { node = try TestNode() }

    @Test func aBlockThatIsRemovedMeanwhileIsNotCorrupt() throws {
        let digest = Bytes([UInt8](repeating: 1, count: 32))
        let absent = Multihash(code: .sha2_256, digest: digest)
        var check = StoreCheck(node.access, drops: true)
        #expect(try check.look(at: absent) == nil)
        #expect(!check.hasFailed && check.summary.contains("all blocks validated"))
    }

    @Test func aCheckTakesTheMemoryOfReaders() throws {
        #expect(try node.upload("block/put", [.file("a", "some bytes")]).status == 200)
        var multihashes: [Multihash] = []
        try node.store.forEachBlock { multihash, _ in
            multihashes.append(multihash)
            return true
        }
        let budget = node.library.blockMemory.ordinary
        #expect(budget.tryAcquire(budget.limit))
        let context = RequestContext(deadline: .after(.milliseconds(100)))
        var check = StoreCheck(node.library.access(for: context), drops: true)
        let error = #expect(throws: ContentError.self) { try check.look(at: multihashes[0]) }
        #expect(error?.code == .deadlineExceeded)
        budget.release(budget.limit)
        check = StoreCheck(node.access, drops: true)
        #expect(try check.look(at: multihashes[0]) == nil)
        #expect(comesBack { node.library.blockMemory.inUse })
    }
    /// A disk, or a process without descriptors, that does not give a block says nothing about the block.
    @Test func aBlockThatCannotBeReadIsNeitherCorruptNorRemoved() throws {
        let disk = SimulatedDisk(seed: 1)
        let node = try TestNode(disk: disk)
        #expect(try node.upload("block/put", [.file("a", "some bytes")]).status == 200)
        node.store.forgetCached(try multihash(in: node))
        disk.faults.readFails = 1000
        var check = StoreCheck(node.access, drops: true)
        let message = try #require(try check.look(at: try multihash(in: node)))
        #expect(message.contains("could not be read"))
        #expect(check.hasFailed)
        #expect(check.summary == "verify complete, 0 blocks corrupt, 1 could not be read")
        disk.faults.readFails = 0
        check = StoreCheck(node.access, drops: true)
        #expect(try check.look(at: try multihash(in: node)) == nil)
        #expect(!check.hasFailed)
    }

    @Test func aBlockThatIsDamagedIsRemovedWhereThatIsAskedFor() throws {
        let disk = SimulatedDisk(seed: 1)
        let node = try TestNode(disk: disk)
        #expect(try node.upload("block/put", [.file("a", "some bytes")]).status == 200)
        node.store.forgetCached(try multihash(in: node))
        disk.faults.wrongReadCount = 2
        var check = StoreCheck(node.access, drops: true)
        let message = try #require(try check.look(at: try multihash(in: node)))
        #expect(message.contains("was corrupt") && message.hasSuffix(", removed"))
        #expect(!check.hasFailed)
        #expect(check.summary == "verify complete, 1 blocks corrupt, 1 removed")
        #expect(node.store.statistics.blockCount == 0)
    }

    /// What was looked at is not what is there by then: the new one has an answer that it is stored.
    @Test func aBlockThatIsStoredAgainMeanwhileStays() throws {
        let disk = SimulatedDisk(seed: 1)
        let node = try TestNode(disk: disk)
        #expect(try node.upload("block/put", [.file("a", "some bytes")]).status == 200)
        let multihash = try multihash(in: node)
        let place = try #require(try node.store.place(of: multihash))
        node.store.forgetCached(multihash)
        disk.faults.wrongReadCount = 2
        var check = StoreCheck(node.access, drops: false)
        #expect(try check.look(at: multihash)?.contains("was corrupt") == true)
        #expect(try node.upload("block/put", [.file("a", "some bytes")]).status == 200)
        #expect(try node.store.delete(multihash, at: place) == .absent)
        #expect(try node.store.contains(multihash))
        #expect(try node.store.place(of: multihash) != place)
    }

    /// Of the one block that there is.
    private func multihash(in node: TestNode) throws -> Multihash {
        var found: Multihash?
        try node.store.forEachBlock { multihash, _ in
            found = multihash
            return true
        }
        return try #require(found)
    }
}
