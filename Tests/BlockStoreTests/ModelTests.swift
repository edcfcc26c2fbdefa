import BlockStore
import Buffers
import Execution
import Multiformats
import TestSupport
import Testing
import Vault

/// Random operations on a store and on dictionaries: both must say the same.
@Suite(.timeLimit(.minutes(20)))
struct ModelTests {
    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func theStoreBehavesLikeADictionary(seed: UInt64) throws {
        let scratch = try ScratchStore()
        var random = SeededRandom(seed: seed)
        var model = Model(store: try scratch.open(), scratch: scratch)
        for _ in 0..<600 { try model.step(&random) }
        try model.compare()
        model.store.close()
    }

    private struct Model {
        var store: BlockStore
        let scratch: ScratchStore
        var blocks: [Int: VerifiedBlock] = [:]
        var pins: [CID: (Pin.Mode, String, Pin.Holders)] = [:]

        mutating func step(_ random: inout SeededRandom) throws {
            let number = random.below(150)
            let block = try VerifiedBlock(sample: number, byteCount: 1 + number * 97 % 5000)
            switch random.below(20) {
            case 0..<7: try append(block, number)
            case 7..<10: try appendRun(&random)
            case 10..<13: try delete(block, number)
            case 13..<15: try pin(block.cid, &random)
            case 15, 16: try unpin(block.cid)
            case 17: try compareCounters()
            case 18: try reopen(&random)
            default:
                #expect(try store.get(block.multihash) == blocks[number]?.bytes)
                #expect(try store.contains(block.multihash) == (blocks[number] != nil))
            }
        }

        mutating func append(_ block: VerifiedBlock, _ number: Int) throws {
            try store.append([block], by: soon())
            blocks[number] = block
        }

        mutating func appendRun(_ random: inout SeededRandom) throws {
            let appender = store.makeAppender(by: soon())
            for _ in 0..<random.below(30) {
                let number = random.below(150)
                let block = try VerifiedBlock(sample: number, byteCount: 1 + number * 97 % 5000)
                #expect(try appender.append(block) == (blocks[number] == nil))
                blocks[number] = block
                // Readable at once, durable at the barrier.
                #expect(try store.get(block.multihash) == block.bytes)
            }
            try appender.barrier(by: soon())
        }

        mutating func delete(_ block: VerifiedBlock, _ number: Int) throws {
            #expect(
                try store.delete(block.multihash) == (blocks[number] != nil ? .deleted : .absent))
            blocks[number] = nil
            #expect(try store.get(block.multihash) == nil)
        }

        mutating func pin(_ cid: CID, _ random: inout SeededRandom) throws {
            let mode: Pin.Mode = random.below(2) == 0 ? .recursive : .direct
            let holder: Pin.Holders = random.below(2) == 0 ? .rpc : .pinningService
            let name = "name \(random.below(1000))"
            guard mode == .recursive || pins[cid]?.0 != .recursive else {
                let error = #expect(throws: BlockStoreError.self) {
                    try store.pin(cid, mode: mode, name: name, holder: holder, by: soon())
                }
                #expect(error?.code == .pinnedRecursively(cid))
                return
            }
            try store.pin(cid, mode: mode, name: name, holder: holder, by: soon())
            pins[cid] = (mode, name, (pins[cid]?.2 ?? []).union(holder))
        }

        mutating func unpin(_ cid: CID) throws {
            guard let known = pins[cid], known.2.contains(.rpc) else {
                #expect(throws: BlockStoreError.self) { try store.unpin(cid, by: soon()) }
                return
            }
            try store.unpin(cid, by: soon())
            pins[cid]?.2.subtract(.rpc)
            if pins[cid]?.2 == [] { pins[cid] = nil }
        }

        mutating func reopen(_ random: inout SeededRandom) throws {
            store.close()
            store = try scratch.open()
            #expect(store.recovery == RecoveryReport())
        }

        func compareCounters() throws {
            #expect(store.statistics.blockCount == blocks.count)
            #expect(store.statistics.byteCount == blocks.values.reduce(0) { $0 + $1.bytes.count })
        }

        func compare() throws {
            try compareCounters()
            for block in blocks.values { #expect(try store.get(block.multihash) == block.bytes) }
            var seen: Set<Multihash> = []
            try store.forEachBlock { multihash, _ in seen.insert(multihash).inserted }
            #expect(seen == Set(blocks.values.map(\.multihash)))
            var seenPins: Set<CID> = []
            try store.forEachPin { pin in
                #expect(pins[pin.cid]?.0 == pin.mode)
                #expect(pins[pin.cid]?.1 == pin.name)
                #expect(pins[pin.cid]?.2 == pin.holders)
                return seenPins.insert(pin.cid).inserted
            }
            #expect(seenPins == Set(pins.keys))
        }
    }
}
