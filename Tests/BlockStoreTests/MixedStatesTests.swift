import Execution
import TestSupport
import Testing

@testable import BlockStore

/// A backup that was copied over one of the databases of a store.
@Suite(.timeLimit(.minutes(40)))
struct MixedStatesTests {
    private let scratch: ScratchStore
    private let blocks: [VerifiedBlock]

    init() throws {
        scratch = try ScratchStore()
        blocks = try (0..<40).map { try VerifiedBlock(sample: $0, byteCount: 20_000) }
        for part in [blocks[..<20], blocks[20...]] {
            let store = try scratch.open()
            try store.append(Array(part), by: soon())
            for block in part {
                try store.pin(block.cid, mode: .direct, name: "pin", by: soon())
            }
            store.close()
            if part.startIndex > 0 { continue }
            for name in ["meta", "blocks"] {
                try File.copyTree("\(scratch.folder)/\(name)", to: "\(scratch.folder)/old-\(name)")
            }
        }
    }

    private func overlay(_ name: String) throws {
        try File.copyTree("\(scratch.folder)/old-\(name)/.", to: "\(scratch.folder)/\(name)")
    }

    @Test func metaIsMadeAnew() throws {
        try overlay("meta")
        for _ in 0..<2 {
            let store = try scratch.open()
            defer { store.close() }
            for block in blocks {
                #expect(try store.get(block.multihash) == block.bytes)
                #expect(try store.pin(of: block.cid) != nil)
            }
            #expect(store.damage.contains { $0.contains("made anew from blocks/") })
        }
    }

    @Test func blocksAreRefusedAndNothingIsDeleted() throws {
        try overlay("blocks")
        let names = try File.names(in: scratch.folder + "/blocks").sorted()
        for _ in 0..<2 {
            let error = #expect(throws: BlockStoreError.self) { try scratch.open() }
            #expect(error?.code == .corrupt)
            #expect(error?.message.contains("put back all files of one state") == true)
        }
        #expect(try File.names(in: scratch.folder + "/blocks").sorted() == names)
        #expect(DamageNotes(in: scratch.folder).lines.isEmpty)
    }
}
