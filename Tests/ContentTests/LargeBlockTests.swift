import Buffers
import Execution
import IPLD
import Multiformats
import TestSupport
import Testing
import Vault

@testable import BlockStore
@testable import Content

/// A block of 30 MiB takes its memory three times while it is written. So of all that arrive only one
/// is in memory, from the last of its bytes until it is on disk.
@Suite(.timeLimit(.minutes(40)))
struct LargeBlockTests {
    private let scratch: ScratchLibrary
    private let block: Block
    private let archive: Bytes

    init() throws {
        scratch = try ScratchLibrary()
        var random = SeededRandom(seed: 21)
        let bytes = random.bytes(Limits.assembledBytesMax + (3 << 20))
        block = Block(
            cid: CID.v1(
                .raw,
                try VerifiedBlock(hashing: bytes, codec: .raw, function: .sha2_256).multihash),
            bytes: bytes)
        var writer = ByteWriter()
        writer.append(CARWriter.header(roots: [block.cid]))
        writer.append(CARWriter.sectionHead(cid: block.cid, payloadCount: bytes.count))
        writer.append(bytes)
        archive = writer.finish()
    }

    private var inUse: Int {
        scratch.library.assemblyBudget.inUse + scratch.library.ingestBudget.inUse
            + scratch.store.log.room.inUse
    }

    @Test(arguments: [64 << 10, 256 << 10, 5 << 20])
    func nothingOfItIsInMemoryUntilItIsComplete(pieceByteCount: Int) throws {
        let car = CARImport(scratch.access, allowsBigBlocks: true)
        var offset = 0
        while offset < archive.count {
            let end = min(archive.count, offset + pieceByteCount)
            try car.feed(archive[offset..<end])
            offset = end
            #expect(inUse == 0, "after \(offset) bytes")
        }
        try car.endArchive()
        #expect(inUse == 0)
        #expect(try car.finish(pinsRoots: false).map(\.cid) == [block.cid])
        #expect(try scratch.store.get(block.cid.multihash) == block.bytes)
    }

    @Test func oneThatStopsInTheMiddleIsRefused() throws {
        let car = CARImport(scratch.access, allowsBigBlocks: true)
        try car.feed(archive.prefix(10 << 20))
        try car.pause()
        #expect(inUse == 0)
        let error = #expect(throws: ContentError.self) { try car.endArchive() }
        #expect(error?.code == .badArchive)
    }

    /// Else two of them, or one and an add, could wait for each other.
    @Test func whoWaitsForItsMemoryHoldsNone() throws {
        let budget = scratch.library.ingestBudget
        let others = budget.limit - (1 << 20)
        #expect(budget.tryAcquire(others))
        let result = Pending<Bool>()
        let (access, archive) = (scratch.access, archive)
        let thread = Thread(name: "import") {
            let car = CARImport(access, allowsBigBlocks: true)
            // In two pieces: a block inside one is not assembled.
            try? car.feed(archive.prefix(1 << 20))
            try? car.feed(archive.dropFirst(1 << 20))
            try? car.endArchive()
            result.fulfil(car.blockCount == 1)
        }
        let deadline = soon()
        while budget.waiterCount == 0, !deadline.hasPassed { pause(for: .milliseconds(1)) }
        #expect(budget.inUse == others && scratch.library.assemblyBudget.inUse == 0)
        budget.release(others)
        #expect(result.value())
        thread.join()
        #expect(inUse == 0)
    }

    /// LevelDB has it twice while it is written: no reader has one besides.
    @Test func itCountsWithTheLargeBlocksOfReadersToo() throws {
        let large = scratch.library.blockMemory.large
        let share = WholeInputShare(scratch.access)
        try share.take(Limits.assembledBytesMax, within: .zero)
        #expect(large.inUse == 0 && share.byteCount == Limits.assembledBytesMax)
        share.giveBack()
        try share.take(block.bytes.count, within: .zero)
        #expect(large.inUse == block.bytes.count && inUse == block.bytes.count)
        share.giveBack()
        #expect(large.inUse == 0 && inUse == 0)
        #expect(large.tryAcquire(large.limit))
        let error = #expect(throws: ContentError.self) {
            try share.take(block.bytes.count, within: .milliseconds(1))
        }
        #expect(error?.code == .overloaded)
        large.release(large.limit)
    }

    /// `block put` has taken the memory until then.
    @Test func itIsOnDiskWhenItIsSettled() throws {
        let writer = BlockWriter(scratch.access, allowsBigBlocks: true)
        #expect(try writer.put(block.bytes, naming: .init()) == block.cid)
        try writer.settleLarge()
        #expect(scratch.store.log.room.inUse == 0)
        try writer.finish()
    }
}
