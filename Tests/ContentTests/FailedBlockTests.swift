import Buffers
import Content
import Execution
import Multiformats
import TestSupport
import Testing
import Vault

@testable import BlockStore

/// A pin does not count on a block that was seen on its way to the disk, and was lost there.
@Suite(.timeLimit(.minutes(40)))
struct FailedBlockTests {
    private let disk = SimulatedDisk(seed: 1)
    private let store: BlockStore
    private let source: InterruptedSource
    private let library: Library

    init() throws {
        store = try BlockStore.open(.simulated(on: disk))
        source = InterruptedSource(store)
        library = Library(store: store, source: source)
    }

    private func block(_ bytes: Bytes, _ codec: Multicodec) throws -> VerifiedBlock {
        let cid = CID.v1(codec, try HashFunction.sha2_256.multihash(of: bytes))
        return VerifiedBlock(cid: cid, alreadyHashed: bytes)
    }

    private func node(_ children: [VerifiedBlock]) throws -> VerifiedBlock {
        let links = children.enumerated().map { (name: "\($0.offset)", cid: cid($0.element)) }
        return try block(HostileBlocks.encode(links), .dagPB)
    }

    private func cid(_ block: VerifiedBlock) -> CID { .v1(block.codec, block.multihash) }

    private func isWritable() -> Bool {
        if case .writable = store.health { true } else { false }
    }

    @Test func whatIsPinnedIsHereWhateverFailed() throws {
        defer { store.close() }
        let last = try block(Bytes(utf8: "last"), .raw)
        for number in 0..<20 {
            let leaf = try block(Bytes(utf8: "leaf \(number)"), .raw)
            let root = try node([leaf, last])
            try store.append([last, root], by: soon())
            try store.forEachBlock { _, _ in false }
            try source.interrupt(at: cid(leaf)) {
                try source.interrupt(at: cid(last)) {
                    #expect(comesTrue { !isWritable() })
                    disk.faults = SimulatedDisk.Faults()
                    #expect(comesTrue { isWritable() })
                }
                disk.faults.writeFails = 1000
                disk.faults.openFails = 1000
                // So that it is seen before it fails, as a rule.
                disk.faults.writeWaits = 1000
                _ = try store.submit(leaf, by: soon())
            }
            let context = RequestContext(deadline: soon())
            let error = contentError { try Pins(library).add(cid(root), for: context) }
            if let error { #expect(error.code == .blockNotFound) }
            // Where it was not seen, nobody came to the last block.
            disk.faults = SimulatedDisk.Faults()
            #expect(comesTrue { isWritable() })
            let pin = try store.pin(of: cid(root))
            #expect((pin != nil) == (error == nil))
            let isHere = try store.contains(leaf.multihash)
            #expect(pin == nil || isHere)
        }
    }
}
