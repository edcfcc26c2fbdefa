import BlockStore
import Buffers
import Execution
import Multiformats
import TestSupport
import Testing
import Vault

@Suite(.timeLimit(.minutes(40)))
struct AppenderTests {
    @Test func aBlockThatIsThereIsNotWrittenAgain() throws {
        let scratch = try ScratchStore()
        let store = try scratch.open()
        let blocks = try (0..<50).map { try VerifiedBlock(sample: $0) }
        let first = store.makeAppender(by: soon())
        for block in blocks { #expect(try first.append(block)) }
        // On their way, and then on disk: neither is written a second time.
        for block in blocks { #expect(try !first.append(block)) }
        try first.barrier(by: soon())
        #expect(first.newBlockCount == 50)
        let last = store.statistics.lastSequence
        #expect(last == 50)
        let second = store.makeAppender(by: soon())
        for block in blocks { #expect(try !second.append(block)) }
        try second.barrier(by: soon())
        try store.forEachBlock { _, _ in true }
        #expect(try !second.append(blocks[7]))
        try second.barrier(by: soon())
        #expect(store.statistics.lastSequence == last)
    }

    @Test func manyThreadsThatAppendTheSameBlocksWriteEachOnce() throws {
        let scratch = try ScratchStore()
        let store = try scratch.open()
        let failures = Locked(0)
        let threads = (0..<8).map { index in
            Thread(name: "append-\(index)") {
                let appender = store.makeAppender(by: soon())
                do {
                    for number in 0..<300 {
                        let block = try VerifiedBlock(sample: (number * 7 + index * 31) % 300)
                        try appender.append(block)
                    }
                    try appender.barrier(by: soon())
                } catch {
                    failures.withLock { $0 += 1 }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(failures.withLock { $0 } == 0)
        #expect(store.statistics.blockCount == 300)
        #expect(store.statistics.lastSequence == 300)
    }

    @Test func moreThanTheQueueHoldsGoesThroughWithBackPressure() throws {
        let scratch = try ScratchStore()
        let store = try scratch.open()
        let appender = store.makeAppender(by: soon())
        let blocks = try (0..<40).map { try VerifiedBlock(sample: $0, byteCount: 1 << 20) }
        for block in blocks { try appender.append(block) }
        try appender.barrier(by: soon())
        for block in blocks { #expect(try store.get(block.multihash) == block.bytes) }
    }

    @Test func aBlockThatIsTooLargeIsRefused() throws {
        let scratch = try ScratchStore()
        let store = try scratch.open()
        let bytes = Bytes([UInt8](repeating: 1, count: Limits.blockBytesMax + 1))
        let block = try VerifiedBlock(hashing: bytes, codec: .raw, function: .sha2_256)
        let error = #expect(throws: BlockStoreError.self) {
            try store.append([block], by: soon())
        }
        #expect(error?.code == .tooLarge)
        #expect(error?.retry == .never)
    }

    @Test func identityBlocksAreNeverWritten() throws {
        let scratch = try ScratchStore()
        let store = try scratch.open()
        let block = try VerifiedBlock(
            hashing: Bytes(utf8: "small"), codec: .raw, function: .identity)
        try store.append([block], by: soon())
        #expect(store.statistics.lastSequence == 0)
        #expect(try store.get(block.multihash) == Bytes(utf8: "small"))
        #expect(try store.contains(block.multihash))
    }

    @Test func aDeadlineThatHasPassedIsTold() throws {
        let scratch = try ScratchStore()
        let store = try scratch.open()
        let appender = store.makeAppender(by: soon())
        for number in 0..<400 {
            try appender.append(try VerifiedBlock(sample: number, byteCount: 20_000))
        }
        let error = #expect(throws: BlockStoreError.self) {
            try appender.barrier(by: .after(.zero))
        }
        #expect(error?.code == .deadlineExceeded)
        try appender.barrier(by: soon())
    }

    @Test func aClosedStoreRefusesEverything() throws {
        let scratch = try ScratchStore()
        let store = try scratch.open()
        let block = try VerifiedBlock(sample: 1)
        try store.append([block], by: soon())
        store.close()
        store.close()
        for operation in [
            { _ = try store.get(block.multihash) }, { try store.append([block], by: soon()) },
            { try store.pin(block.cid, mode: .direct, name: "", by: soon()) },
            { _ = try store.delete(block.multihash) },
        ] {
            let error = #expect(throws: BlockStoreError.self) { try operation() }
            #expect(error?.code == .closed)
        }
        guard case .closed = store.health else {
            Issue.record("\(store.health)")
            return
        }
    }

    @Test func blocksWithoutLinksAreKnown() throws {
        func isLeaf(_ bytes: Bytes, _ codec: Multicodec) throws -> Bool {
            try VerifiedBlock(hashing: bytes, codec: codec, function: .sha2_256).hasNoLinks
        }
        #expect(try isLeaf([1, 2, 3], .raw))
        #expect(try isLeaf([], .dagPB))
        #expect(try isLeaf([0x0a, 2, 8, 1], .dagPB))
        // A link first (field 2), or something behind the data.
        #expect(try !isLeaf([0x12, 2, 8, 1], .dagPB))
        #expect(try !isLeaf([0x0a, 1, 8, 1], .dagPB))
        #expect(try !isLeaf([0xa0], .dagCBOR))
    }

    /// It may be read as dag-pb later, under another CID.
    @Test(arguments: [Multicodec.raw, .dagPB, .dagCBOR])
    func whatHasNoLinksAsDagPBIsKnownWhateverItIsStoredAs(codec: Multicodec) throws {
        func flags(_ bytes: Bytes) throws -> BlockFlags {
            try VerifiedBlock(hashing: bytes, codec: codec, function: .sha2_256).flags
        }
        #expect(try flags([0x0a, 2, 8, 1]).contains(.isPlainNode))
        #expect(try !flags([0x12, 2, 8, 1]).contains(.isPlainNode))
        #expect(try !flags([0x0a, 1, 8, 1]).contains(.isPlainNode))
    }

    @Test func bytesThatDoNotMatchTheirCIDAreNoBlock() throws {
        let block = try VerifiedBlock(sample: 1)
        #expect(VerifiedBlock(checking: block.bytes, against: block.cid) != nil)
        #expect(VerifiedBlock(checking: Bytes(utf8: "other"), against: block.cid) == nil)
        let unknown = Multihash(code: MultihashCode(rawValue: 0x3fff), digest: block.bytes)
        #expect(VerifiedBlock(checking: block.bytes, against: .v1(.raw, unknown)) == nil)
    }
}
