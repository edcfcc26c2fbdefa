import Buffers
import Execution
import Multiformats
import Telemetry
import TestSupport
import Testing
import Vault

@testable import BlockStore

/// What the store holds is charged in bytes, whatever the blocks and keys are.
@Suite(.timeLimit(.minutes(40)))
struct MemoryTests {
    // MARK: identity and long digests

    private static let strange: [Multihash] = [0, 1, 32, 128, 129, 100_000, 8 << 20].flatMap {
        count in
        [0x00, 0x12, 0x1012].map {
            Multihash(
                code: MultihashCode(rawValue: $0),
                digest: Bytes([UInt8](repeating: 7, count: count)))
        }
    }

    @Test(arguments: strange.indices)
    func whatCannotBeStoredIsNeverLookedUp(_ index: Int) throws {
        let multihash = Self.strange[index]
        let scratch = try ScratchStore()
        let store = try scratch.open()
        let isIdentity = multihash.code == .identity
        #expect(try store.get(multihash) == (isIdentity ? multihash.digest : nil))
        #expect(try store.contains(multihash) == isIdentity)
        #expect(try store.stat(multihash)?.byteCount == (isIdentity ? multihash.digestCount : nil))
        #expect(try store.stat(multihash)?.sequence == nil, "what is in no log has no number")
        #expect(try store.delete(multihash) == .absent)
        #expect(
            store.isCached(multihash) == (isIdentity || multihash.digestCount > 128),
            "nothing would have to be read")
        #expect(try store.pin(of: .v1(.raw, multihash)) == nil)
        let error = #expect(throws: BlockStoreError.self) {
            try store.unpin(.v1(.raw, multihash), by: soon())
        }
        #expect(error?.code == .notPinned)
        #expect((error?.message.utf8.count ?? 0) < 1000)
    }

    // MARK: the memory of a reader

    /// While a reader waits for memory, its block may leave the cache: who waits must not keep it.
    @Test func aBlockIsNotHeldWhileItsMemoryIsWaitedFor() throws {
        let scratch = try ScratchStore()
        let store = try scratch.open()
        let block = try VerifiedBlock(sample: 1)
        let multihash = block.multihash
        try store.append([block], by: soon())
        guard case .miss(let ticket) = store.cache.get(multihash) else {
            Issue.record("what was written passes by the cache")
            return
        }
        let isGone = Locked(false)
        store.cache.insert(block.bytes.copy { isGone.withLock { $0 = true } }, ticket)
        #expect(store.isCached(multihash))
        var wasGone = false
        let read = try store.get(multihash) { byteCount in
            store.cache.remove(multihash)
            wasGone = isGone.withLock { $0 }
            return byteCount == block.bytes.count
        }
        #expect(wasGone)
        guard case .found(let bytes) = read else {
            Issue.record("not found")
            return
        }
        #expect(bytes == block.bytes)
    }

    /// What is written again elsewhere in the log while memory is waited for is found there.
    @Test func aBlockThatMovesWhileItsMemoryIsWaitedForIsFound() throws {
        let scratch = try ScratchStore()
        let store = try scratch.open()
        let block = try VerifiedBlock(sample: 2)
        try store.append([block], by: soon())
        let read = try store.get(block.multihash) { _ in
            (try? store.delete(block.multihash)) == .deleted
                && (try? store.append([block], by: soon())) != nil
        }
        guard case .found(let bytes) = read else {
            Issue.record("not found")
            return
        }
        #expect(bytes == block.bytes)
    }

    /// Whoever reads it meanwhile waits until it is on disk.
    @Test func aLargeBlockIsLetGoOfBeforeItIsOnDiskAndReadBySomeAllTheTime() throws {
        let scratch = try ScratchStore()
        let store = try scratch.open()
        let blocks = try (0..<4).map { try VerifiedBlock(largeSample: $0) }
        let (isDone, wrong) = (Locked(false), Locked(0))
        let readers = (0..<2).map { _ in
            Thread(name: "reader") {
                while !isDone.withLock({ $0 }) {
                    for block in blocks {
                        do {
                            guard let bytes = try store.get(block.multihash) else { continue }
                            if bytes.count == block.bytes.count, bytes[0] == block.bytes[0] {
                                continue
                            }
                        } catch {}
                        wrong.withLock { $0 += 1 }
                    }
                }
            }
        }
        let appender = store.makeAppender(by: soon())
        let goneInTime = Locked(0)
        for (number, block) in blocks.enumerated() {
            let bytes = block.bytes.copy {
                let through = store.log.state.withLock { $0.durableThrough }
                guard through <= UInt64(number) else { return }
                goneInTime.withLock { $0 += 1 }
            }
            try appender.append(VerifiedBlock(cid: block.cid, alreadyHashed: consume bytes))
        }
        try appender.barrier(by: soon())
        isDone.withLock { $0 = true }
        for reader in readers { reader.join() }
        #expect(wrong.withLock { $0 } == 0)
        #expect(goneInTime.withLock { $0 } > 0, "the log keeps it while it is written")
        for block in blocks {
            #expect(try store.get(block.multihash)?.count == block.bytes.count)
        }
    }

    @Test(arguments: strange.indices)
    func aPinHasAKeyOfBoundedLength(_ index: Int) throws {
        let cid = CID.v1(.raw, Self.strange[index])
        let scratch = try ScratchStore()
        let store = try scratch.open()
        guard cid.multihash.digestCount > 128 else {
            try store.pin(cid, mode: .direct, name: "", by: soon())
            #expect(try store.pin(of: cid)?.cid == cid)
            return try store.unpin(cid, by: soon())
        }
        let error = #expect(throws: BlockStoreError.self) {
            try store.pin(cid, mode: .direct, name: "", by: soon())
        }
        #expect(error?.code == .tooLarge)
        #expect((error?.message.utf8.count ?? 0) < 1000)
    }

    @Test func aBlockUnderALongDigestIsRefused() throws {
        let scratch = try ScratchStore()
        let store = try scratch.open()
        let digest = Bytes([UInt8](repeating: 1, count: 129))
        let multihash = Multihash(code: MultihashCode(rawValue: 0x13), digest: digest)
        let block = VerifiedBlock(cid: .v1(.raw, multihash), alreadyHashed: Bytes(utf8: "block"))
        let error = #expect(throws: BlockStoreError.self) { try store.append([block], by: soon()) }
        #expect(error?.code == .tooLarge)
    }

    // MARK: slices

    @Test func aSmallBlockThatWaitsKeepsOnlyItsOwnBytes() throws {
        let piece = Bytes([UInt8](repeating: 3, count: 1 << 20))
        let small = try VerifiedBlock(
            hashing: piece.prefix(1000), codec: .raw, function: .sha2_256
        ).readyToWait()
        #expect(small.bytes == piece.prefix(1000))
        #expect(small.bytes.heldByteCount == 1000)
        let large = try VerifiedBlock(
            hashing: piece.prefix(100_000), codec: .raw, function: .sha2_256
        ).readyToWait()
        #expect(
            MemoryCost.queued(large) >= large.bytes.heldByteCount, "it is charged with all of it")
    }

    @Test func theCacheChargesTheMemoryBehindASlice() {
        let cache = BlockCache(byteCount: 1 << 20, hashSeed: 1)
        let piece = Bytes([UInt8](repeating: 1, count: 100_000))
        for number in 0..<200 {
            let word = UInt64(number)
            // A digest of another length than 32 is a slice of the block that the link stood in.
            let multihash = Multihash(
                code: .sha2_256, digest: piece.prefix(16 + number % 40))
            let key =
                number % 2 == 0
                ? multihash : Multihash(code: .sha2_256, inline32: (word, word, word, word))
            guard case .miss(let ticket) = cache.get(key) else { continue }
            cache.insert(piece.prefix(50 + number), ticket)
        }
        #expect(cache.byteCount < 200 * 2000, "copies, not slices of 100,000 bytes")
        #expect(cache.byteCount > 100 * 50)
    }

    @Test func aLargeBlockDoesNotFlushTheCache() {
        let cache = BlockCache(byteCount: 4 << 20, hashSeed: 1)
        func read(_ number: Int, _ bytes: Bytes) -> Bool {
            let word = UInt64(number)
            let multihash = Multihash(code: .sha2_256, inline32: (word, word, word, word))
            switch cache.get(multihash) {
            case .hit: return true
            case .miss(let ticket):
                cache.insert(bytes, ticket)
                return false
            }
        }
        let usual = Bytes([UInt8](repeating: 1, count: 20_000))
        for _ in 0..<5 { for number in 0..<100 { _ = read(number, usual) } }
        let large = Bytes([UInt8](repeating: 1, count: 1 << 20))
        let huge = Bytes([UInt8](repeating: 1, count: 3 << 20))
        for number in 1000..<1020 {
            _ = read(number, large)
            _ = read(number + 100, huge)
            #expect(cache.byteCount <= 4 << 20)
        }
        #expect((0..<100).filter { read($0, usual) }.count >= 98)
    }

    /// A cache of 1 TiB took 7 GB and twelve seconds on a node without a block.
    @Test func aLargeCacheTakesLittleBeforeItHoldsMuch() {
        let cache = BlockCache(byteCount: 1 << 40, hashSeed: 1)
        #expect(cache.memoryByteCount <= 8 * 8 * Limits.sketchEntriesAtStart)
        #expect(cache.memoryByteCountMax == (1 << 40) + 8 * 8 * Limits.sketchEntriesMax)
        let before = cache.memoryByteCount
        let bytes = Bytes(utf8: "block")
        for number in 0..<40_000 {
            let word = UInt64(number)
            let multihash = Multihash(code: .sha2_256, inline32: (word, word, word, word))
            if case .miss(let ticket) = cache.get(multihash) { cache.insert(bytes, ticket) }
        }
        #expect(cache.count == 40_000)
        #expect(
            cache.memoryByteCount - cache.byteCount == 2 * before,
            "five thousand entries in an eighth of a shard: forty thousand in all of it")
    }

    @Test(arguments: [0, 1 << 10, 1 << 20, 64 << 20])
    func theCountersOfACacheAreCounted(byteCount: Int) {
        let cache = BlockCache(byteCount: byteCount)
        #expect(cache.memoryByteCount > 0 && cache.byteCount == 0)
        #expect(cache.memoryByteCount == cache.memoryByteCountMax - byteCount, "no need to grow")
    }

    @Test func aSketchThatGrowsForgetsNothing() {
        var sketch = FrequencySketch(entryCount: 64)
        func hash(_ number: UInt64) -> UInt64 { (number &+ 1) &* 0x9fb2_1c65_1e98_df25 }
        for number in UInt64(0)..<40 {
            for _ in 0...number % 3 { sketch.increment(hash(number)) }
        }
        let before = (UInt64(0)..<1_000).map { sketch.estimate(hash($0)) }
        #expect(before.prefix(40).allSatisfy { $0 > 0 })
        sketch.grow(entryCount: 1_000)
        #expect(sketch.byteCount == 8 * 1_024)
        #expect((UInt64(0)..<1_000).map { sketch.estimate(hash($0)) } == before)
        sketch.grow(entryCount: 1)
        #expect(sketch.byteCount == 8 * 1_024)
    }

    // MARK: lists

    @Test func theQuarantineIsBoundedAndKnowsWhenToAsk() {
        var contents = Quarantine.Contents()
        let digests = (0..<40_000).map { number in
            Multihash(
                code: MultihashCode(rawValue: 0x13),
                digest: Bytes(
                    [UInt8](repeating: 0, count: 60) + [
                        UInt8(number & 255), UInt8(number >> 8), 0, 0,
                    ]))
        }
        #expect(contents.contains(digests[0]) == .no)
        let newCount = digests.count { contents.insert($0) }
        #expect(newCount == digests.count)
        #expect(contents.count == digests.count)
        #expect(contents.byteCount <= Limits.quarantineBytesMax)
        #expect(contents.contains(digests[0]) == .yes)
        #expect(contents.contains(digests[39_999]) == .askDisk)
        for digest in digests { contents.remove(digest) }
        #expect(contents.count == 0 && contents.byteCount == 0)
    }

    @Test func manyPinsGoInSeveralStepsAndAWalkShowsThemAll() throws {
        let scratch = try ScratchStore()
        let store = try scratch.open()
        let cids = (0..<5000).map { number in
            let word = UInt64(number)
            return CID.v1(
                .raw, Multihash(code: .sha2_256, inline32: (word, word &* 31, word, word)))
        }
        let name = String(repeating: "n", count: 255)
        try store.pin(cids, mode: .direct, name: name, by: soon())
        var seen: Set<CID> = []
        try store.forEachPin { pin in
            #expect(pin.name == name)
            return seen.insert(pin.cid).inserted
        }
        #expect(seen == Set(cids))
    }

    @Test func aLargeBlockGetsInAmongManySmallOnes() throws {
        let scratch = try ScratchStore()
        let store = try scratch.open()
        let isDone = Locked(false)
        let threads = (0..<4).map { index in
            Thread(name: "small-\(index)") {
                let appender = store.makeAppender(by: soon())
                var number = index << 32
                while !isDone.withLock({ $0 }) {
                    number += 1
                    guard let block = try? VerifiedBlock(sample: number, byteCount: 200_000),
                        (try? appender.append(block)) != nil
                    else { break }
                }
            }
        }
        let large = try VerifiedBlock(
            hashing: Bytes([UInt8](repeating: 9, count: Limits.blockBytesMax)), codec: .raw,
            function: .sha2_256)
        try store.append([large], by: soon())
        isDone.withLock { $0 = true }
        for thread in threads { thread.join() }
        #expect(try store.get(large.multihash) == large.bytes)
        store.close()
        #expect(store.log.room.inUse == 0 && store.meta.room.inUse == 0, "all room came back")
    }

    /// A store with memtables of 32 MiB.
    ///
    /// - Returns: the store, and what tells the memory of those of `blocks/` with its cache.
    private func openWithMemtables(
        _ scratch: ScratchStore
    ) throws -> (store: BlockStore, memtables: () -> Int) {
        var options = scratch.options
        options.logWriteBufferByteCount = 32 << 20
        let registry = MetricRegistry()
        options.metrics = registry
        let store = try BlockStore.open(options)
        let part = try #require(registry.memoryParts.first { $0.name == "database-blocks" })
        return (store, { part.inUse() })
    }

    /// LevelDB would put a second one into a memtable that the first has nearly filled, twice over.
    @Test func largeBlocksDoNotMeetInMemory() throws {
        let scratch = try ScratchStore()
        let (store, memtables) = try openWithMemtables(scratch)
        defer { store.close() }
        for number in 0..<4 {
            var bytes = [UInt8](repeating: 0, count: 24 << 20)
            bytes[0] = UInt8(number)
            let block = try VerifiedBlock(
                hashing: Bytes(bytes), codec: .raw, function: .sha2_256)
            try store.append([block], by: soon())
            #expect(memtables() <= 8 << 20, "it is in a table when it was stored")
        }
    }

    /// LevelDB would have the large one beside two memtables that are nearly full.
    @Test func aLargeBlockMeetsNoSmallOnes() throws {
        let scratch = try ScratchStore()
        let (store, memtables) = try openWithMemtables(scratch)
        defer { store.close() }
        let small = try (0..<100).map { try VerifiedBlock(sample: $0, byteCount: 256 << 10) }
        try store.append(small, by: soon())
        #expect(memtables() >= 20 << 20)
        let large = try VerifiedBlock(
            hashing: Bytes([UInt8](repeating: 3, count: 24 << 20)), codec: .raw,
            function: .sha2_256)
        try store.append([large], by: soon())
        #expect(memtables() <= 8 << 20)
        #expect(try store.get(large.multihash) == large.bytes)
        #expect(try store.get(small[0].multihash) == small[0].bytes)
    }

    @Test func memtablesAreWrittenEarlyWhileTheProcessIsShortOfMemory() throws {
        let scratch = try ScratchStore()
        let (store, memtables) = try openWithMemtables(scratch)
        defer { store.close() }
        func append(_ numbers: Range<Int>) throws {
            try store.append(
                numbers.map { try VerifiedBlock(sample: $0, byteCount: 256 << 10) }, by: soon())
        }
        try append(0..<100)
        #expect(memtables() >= 20 << 20)
        store.keepSmall(true)
        let deadline = soon()
        while memtables() > 4 << 20, !deadline.hasPassed { pause(for: .milliseconds(1)) }
        #expect(memtables() <= 4 << 20)
        for start in stride(from: 100, to: 300, by: 20) {
            try append(start..<start + 20)
            #expect(memtables() <= Limits.shortMemtableBytesMax + Limits.keptBatchBytesMax)
        }
        store.keepSmall(false)
        try append(300..<400)
        #expect(memtables() >= 20 << 20)
    }

    @Test func everyPartOfTheMemoryIsInTheMetrics() throws {
        let scratch = try ScratchStore()
        var options = scratch.options
        let registry = MetricRegistry()
        options.metrics = registry
        let store = try BlockStore.open(options)
        try store.append((0..<100).map { try VerifiedBlock(sample: $0) }, by: soon())
        for part in registry.memoryParts {
            let inUse = part.inUse()
            #expect(inUse >= 0 && inUse <= part.limit, "\(part.name)")
        }
        let names = Set(registry.memoryParts.map(\.name))
        #expect(
            names == [
                "cache", "append", "changes", "index", "rows", "deletions", "quarantine", "claims",
                "database-blocks", "database-meta",
            ])
        store.close()
    }
}
