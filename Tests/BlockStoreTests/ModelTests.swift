import BlockStore
import Buffers
import Execution
import Multiformats
import TestSupport
import Testing
import Vault

/// Random operations on a store and on dictionaries: both must say the same.
@Suite(.timeLimit(.minutes(40)))
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
        var pins: [PinKey: (mode: Pin.Mode, name: String)] = [:]

        mutating func step(_ random: inout SeededRandom) throws {
            let number = random.below(150)
            let block = try VerifiedBlock(sample: number, byteCount: 1 + number * 97 % 5000)
            switch random.below(20) {
            case 0..<7: try append(block, number)
            case 7..<10: try appendRun(&random)
            case 10..<13: try delete(block, number)
            case 13..<15: try pin(block.cid, &random)
            case 15, 16: try unpin(block.cid, &random)
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

        private static let holders: [Pin.Holder] = [.rpc, .request("one"), .request("two")]

        mutating func pin(_ cid: CID, _ random: inout SeededRandom) throws {
            let mode: Pin.Mode = random.below(2) == 0 ? .recursive : .direct
            let key = PinKey(cid, Self.holders[random.below(3)])
            let name = "name \(random.below(1000))"
            func pin() throws {
                try store.pin(cid, mode: mode, name: name, holder: key.holder, by: soon())
            }
            guard mode == .recursive || pins[key]?.mode != .recursive else {
                let error = #expect(throws: BlockStoreError.self) { try pin() }
                #expect(error?.code == .pinnedRecursively(cid))
                return
            }
            try pin()
            pins[key] = (mode, name)
        }

        mutating func unpin(_ cid: CID, _ random: inout SeededRandom) throws {
            let key = PinKey(cid, Self.holders[random.below(3)])
            guard pins[key] != nil else {
                #expect(throws: BlockStoreError.self) {
                    try store.unpin(cid, holder: key.holder, by: soon())
                }
                return
            }
            try store.unpin(cid, holder: key.holder, by: soon())
            pins[key] = nil
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
            try comparePins()
        }

        /// Each holder has its own, and the strongest of them counts.
        private func comparePins() throws {
            var seen: Set<PinKey> = []
            for holder in Self.holders {
                try store.forEachPin(of: holder) { pin in
                    #expect(pins[pin.key]?.mode == pin.mode)
                    #expect(pins[pin.key]?.name == pin.name)
                    return seen.insert(pin.key).inserted
                }
            }
            #expect(seen == Set(pins.keys))
            var roots: [CID: Pin.Mode] = [:]
            try store.forEachRoot { cid, mode in
                #expect(roots.updateValue(mode, forKey: cid) == nil)
                return true
            }
            #expect(Set(roots.keys) == Set(pins.keys.map(\.cid)))
            for (cid, mode) in roots {
                let modes = pins.filter { $0.key.cid == cid }.map(\.value.mode)
                #expect(mode == (modes.contains(.recursive) ? .recursive : .direct))
                #expect(try store.rootMode(of: cid) == mode)
            }
        }
    }
}
