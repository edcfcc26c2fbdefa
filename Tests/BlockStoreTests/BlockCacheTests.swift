import BlockStore
import Buffers
import Multiformats
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(40)))
struct BlockCacheTests {
    private func multihash(_ number: Int) -> Multihash {
        let word = UInt64(number)
        return Multihash(code: .sha2_256, inline32: (word, word, word, word))
    }

    /// Asks for a block, and offers it after a miss, as a read does.
    private func read(_ cache: BlockCache, _ number: Int, _ bytes: Bytes) -> Bool {
        switch cache.get(multihash(number)) {
        case .hit: return true
        case .miss(let ticket):
            cache.insert(bytes, ticket)
            return false
        }
    }

    @Test func whatWasReadIsServedAgain() {
        let cache = BlockCache(byteCount: 1 << 20)
        let bytes = Bytes(utf8: "block")
        #expect(!read(cache, 1, bytes))
        #expect(read(cache, 1, bytes))
        #expect(cache.requests == (1, 1))
        cache.remove(multihash(1))
        #expect(!read(cache, 1, bytes))
    }

    @Test func itNeverHoldsMoreThanItMay() {
        let cache = BlockCache(byteCount: 1 << 20)
        var random = SeededRandom(seed: 1)
        let bytes = Bytes([UInt8](repeating: 1, count: 30_000))
        for _ in 0..<5000 {
            _ = read(cache, random.below(2000), bytes.prefix(1 + random.below(30_000)))
            #expect(cache.byteCount <= 1 << 20)
        }
        #expect(cache.byteCount > 1 << 19)
    }

    @Test func aSmallOneHoldsAQuarterAndGrowsAgain() {
        let cache = BlockCache(byteCount: 1 << 20)
        let bytes = Bytes([UInt8](repeating: 1, count: 5_000))
        func ask(_ rounds: Int) {
            for _ in 0..<rounds { for number in 0..<150 { _ = read(cache, number, bytes) } }
        }
        ask(5)
        #expect(cache.byteCount > 1 << 19)
        cache.keepSmall(true)
        #expect((1 << 16...1 << 18).contains(cache.byteCount))
        ask(5)
        #expect((1 << 16...1 << 18).contains(cache.byteCount))
        cache.keepSmall(false)
        ask(5)
        #expect(cache.byteCount > 1 << 19)
    }

    /// The seeds decide which blocks share counters of the sketch.
    private static let hashSeeds: [UInt64] = Array(1...50)

    @Test(arguments: hashSeeds)
    func oneLargeDownloadDoesNotFlushWhatIsHot(hashSeed: UInt64) {
        let cache = BlockCache(byteCount: 4 << 20, hashSeed: hashSeed)
        let bytes = Bytes([UInt8](repeating: 1, count: 20_000))
        for _ in 0..<5 { for number in 0..<100 { _ = read(cache, number, bytes) } }
        for number in 1000..<5000 { _ = read(cache, number, bytes) }
        let hot = (0..<100).filter { read(cache, $0, bytes) }
        #expect(hot.count >= 98)
    }

    /// A reader comes back to the node of a folder after each of its children.
    @Test(arguments: hashSeeds)
    func whatOneReaderComesBackToTakesNoMemory(hashSeed: UInt64) {
        let cache = BlockCache(byteCount: 4 << 20, hashSeed: hashSeed)
        let bytes = Bytes([UInt8](repeating: 1, count: 1_000))
        for number in 0..<10_000 {
            for _ in 0..<3 { _ = read(cache, number, bytes) }
        }
        #expect(cache.byteCount < 1 << 20)
    }

    @Test(arguments: hashSeeds)
    func whatBecomesHotGetsIn(hashSeed: UInt64) {
        let cache = BlockCache(byteCount: 1 << 20, hashSeed: hashSeed)
        let bytes = Bytes([UInt8](repeating: 1, count: 20_000))
        for _ in 0..<3 { for number in 0..<100 { _ = read(cache, number, bytes) } }
        for _ in 0..<40 { for number in 500..<520 { _ = read(cache, number, bytes) } }
        let hot = (500..<520).filter { read(cache, $0, bytes) }
        #expect(hot.count == 20)
    }

    @Test func aBlockRemovedWhileItIsReadDoesNotComeBack() {
        let cache = BlockCache(byteCount: 1 << 20)
        guard case .miss(let ticket) = cache.get(multihash(1)) else {
            Issue.record("an empty cache has it")
            return
        }
        cache.remove(multihash(1))
        cache.insert(Bytes(utf8: "stale"), ticket)
        #expect(cache.count == 0)
    }

    @Test func withoutMemoryNothingIsKept() {
        let cache = BlockCache(byteCount: 0)
        #expect(!read(cache, 1, Bytes(utf8: "block")))
        #expect(!read(cache, 1, Bytes(utf8: "block")))
        #expect(cache.byteCount == 0)
    }
}
