import BlockStore
import Buffers
import Execution
import Multiformats
import TestSupport
import Testing
import Vault

@Suite(.timeLimit(.minutes(40)))
struct BlockStoreTests {
    @Test func anAppendedBlockComesBack() throws {
        let scratch = try ScratchStore()
        let store = try scratch.open()
        let block = try VerifiedBlock(sample: 1)
        #expect(try store.get(block.multihash) == nil)
        try store.append([block], by: soon())
        #expect(try store.get(block.multihash) == block.bytes)
        #expect(try store.get(block.multihash) == block.bytes)
        #expect(try store.stat(block.multihash)?.byteCount == 1000)
        #expect(try store.stat(block.multihash)?.hasNoLinks == true)
        #expect(store.statistics.blockCount == 1)
        #expect(store.statistics.byteCount == 1000)
    }

    @Test func everythingIsThereAfterAReopening() throws {
        let scratch = try ScratchStore()
        let blocks = try (0..<500).map { try VerifiedBlock(sample: $0, byteCount: 100 + $0 * 7) }
        let root = blocks[3].cid
        do {
            let store = try scratch.open()
            try store.append(blocks, by: soon())
            try store.pin(root, mode: .recursive, name: "three", by: soon())
            store.close()
        }
        let store = try scratch.open()
        #expect(store.recovery == RecoveryReport())
        #expect(store.statistics.blockCount == 500)
        #expect(store.statistics.byteCount == blocks.reduce(0) { $0 + $1.bytes.count })
        for block in blocks { #expect(try store.get(block.multihash) == block.bytes) }
        #expect(try store.pin(of: root)?.name == "three")
    }
}
