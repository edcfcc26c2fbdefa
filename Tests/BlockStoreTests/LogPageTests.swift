import Buffers
import Execution
import Multiformats
import TestSupport
import Testing

@testable import BlockStore

/// Pages of the log: in order, whole, within their limit; what cannot be read is told.
@Suite(.timeLimit(.minutes(40)))
struct LogPageTests {
    private let disk = SimulatedDisk(seed: 1)
    private var options: BlockStoreOptions

    init() {
        options = .simulated(on: disk)
    }

    private func blocks(_ count: Int, byteCount: Int = 1000) throws -> [VerifiedBlock] {
        try (0..<count).map { try VerifiedBlock(sample: $0, byteCount: byteCount) }
    }

    /// A store with these blocks, all of them in the index.
    private func open(with blocks: [VerifiedBlock]) throws -> BlockStore {
        let store = try BlockStore.open(options)
        try store.append(blocks, by: soon())
        try store.forEachBlock { _, _ in true }
        return store
    }

    /// All pages above a number.
    private func pages(
        _ store: BlockStore, above sequence: UInt64 = 0, byteLimit: Int = Limits.logPageBytesMax,
        withBytes: Bool = true
    ) throws -> [LogPage] {
        var result: [LogPage] = []
        var sequence = sequence
        while true {
            let page = try store.logPage(
                above: sequence, byteLimit: byteLimit, withBytes: withBytes)
            #expect(page.after == sequence)
            result.append(page)
            guard page.hasMore else { return result }
            try #require(page.through > sequence, "a page goes on")
            sequence = page.through
        }
    }

    @Test func aPageHasTheValuesInOrderWithWhatIsKnownOfThem() throws {
        let blocks = try blocks(5)
        let store = try open(with: blocks)
        defer { store.close() }
        let page = try store.logPage(above: 1, withBytes: true)
        #expect(page.items.map(\.sequence) == [2, 3, 4, 5])
        #expect(page.items.map(\.multihash) == blocks[1...].map(\.multihash))
        #expect(page.items.map(\.bytes) == blocks[1...].map(\.bytes))
        #expect(page.items.map(\.byteCount) == [1000, 1000, 1000, 1000])
        #expect(page.items.allSatisfy { $0.codec == .raw && $0.flags == blocks[0].flags })
        #expect(page.items.allSatisfy { $0.isIntact })
        #expect(page.gaps == [] && page.through == 5 && !page.hasMore)
    }

    @Test func withoutTheBytesTheirCountIsToldAllTheSame() throws {
        let blocks = try blocks(3, byteCount: 100_000)
        let store = try open(with: blocks)
        defer { store.close() }
        let page = try store.logPage(above: 0)
        #expect(page.items.map(\.multihash) == blocks.map(\.multihash))
        #expect(page.items.allSatisfy { $0.bytes == nil && $0.byteCount == 100_000 })
    }

    @Test func pagesKeepTheirLimitAndOneValueAlwaysFits() throws {
        let store = try open(with: blocks(20))
        defer { store.close() }
        let limit = 3 * LogPage.cost(1100)
        let pages = try pages(store, byteLimit: limit)
        #expect(pages.flatMap(\.items).map(\.sequence) == Array(1...20))
        #expect(pages.allSatisfy { $0.byteCount <= limit && $0.items.count <= 3 })
        #expect(pages.first?.items.count == 3)
        let single = try self.pages(store, byteLimit: 1)
        #expect(single.filter { !$0.items.isEmpty }.allSatisfy { $0.items.count == 1 })
        #expect(single.flatMap(\.items).map(\.sequence) == Array(1...20))
    }

    @Test func deletedNumbersArePassedOver() throws {
        let blocks = try blocks(9)
        let store = try open(with: blocks)
        defer { store.close() }
        for block in [blocks[0], blocks[3], blocks[4], blocks[8]] {
            try store.delete(block.multihash, by: soon())
        }
        // The log deletes with a batch of its own, in the order of the queue.
        try store.append([try VerifiedBlock(sample: 100)], by: soon())
        let pages = try pages(store, byteLimit: 2 * LogPage.cost(1100))
        #expect(pages.flatMap(\.items).map(\.sequence) == [2, 3, 6, 7, 8, 10])
        #expect(pages.allSatisfy { $0.gaps.isEmpty })
        #expect(pages.last?.through == 10)
        try store.delete(try VerifiedBlock(sample: 100).multihash, by: soon())
        #expect(try self.pages(store, above: 10).last?.through == 10)
    }

    @Test func nothingIsAboveTheLastNumber() throws {
        let store = try open(with: blocks(2))
        defer { store.close() }
        for sequence in [2, 3, Limits.sequenceMax, UInt64.max] {
            let page = try store.logPage(above: sequence)
            #expect(page.items.isEmpty && page.through == sequence && !page.hasMore)
        }
    }

    /// What a failed write has left on the disk does not count before it has been found there.
    @Test func onlyWhatIsDurableIsShown() throws {
        let store = try open(with: blocks(2))
        defer { store.close() }
        try store.write(try VerifiedBlock(sample: 7), at: 3)
        #expect(try store.logPage(above: 0).items.map(\.sequence) == [1, 2])
        #expect(try store.logPage(above: 2).items.isEmpty)
    }

    @Test func whatTheDiskDoesNotGiveIsAGap() throws {
        let store = try open(with: blocks(9))
        defer { store.close() }
        disk.faults.badKeys = [1, 4, 5, 9].reduce(into: []) { $0.insert(Key(sequence: $1)) }
        let pages = try pages(store)
        #expect(pages.flatMap(\.items).map(\.sequence) == [2, 3, 6, 7, 8])
        let gaps = pages.flatMap(\.gaps)
        #expect(gaps.flatMap { Array($0.numbers) } == [1, 4, 5, 9])
        #expect(gaps.allSatisfy { $0.reason == .unreadable })
        #expect(pages.last?.through == 9)
    }

    /// The page behind damage is no smaller for it.
    @Test func besideDamageAPageIsFilled() throws {
        let store = try open(with: blocks(50))
        defer { store.close() }
        disk.faults.badKeys = [Key(sequence: 1)]
        let page = try store.logPage(above: 0)
        #expect(page.gaps.map(\.numbers) == [1..<2])
        #expect(page.items.map(\.sequence) == Array(2...50))
        let limit = 3 * LogPage.cost(1100)
        #expect(try store.logPage(above: 0, byteLimit: limit).items.map(\.sequence) == [2, 3, 4])
    }

    @Test func whatIsNoValueIsAGap() throws {
        let store = try open(with: blocks(4))
        defer { store.close() }
        var batch = WriteBatch()
        batch.put(Key(sequence: 2), Bytes([1, 2]))
        batch.put(Key(sequence: 3), Bytes([9] + [UInt8](repeating: 0, count: 80)))
        try store.log.holder.current().write(batch, isSynced: true)
        let page = try store.logPage(above: 0, withBytes: true)
        #expect(page.items.map(\.sequence) == [1, 4])
        #expect(page.gaps.map(\.numbers) == [2..<4])
        #expect(page.gaps.allSatisfy { $0.reason == .damaged })
    }

    @Test func aValueWithAFlippedBitIsNotIntact() throws {
        let store = try open(with: blocks(3))
        defer { store.close() }
        disk.faults.wrongReadCount = 1
        let page = try store.logPage(above: 0, withBytes: true)
        #expect(page.items.map(\.isIntact) == [false, true, true])
    }

    @Test func aDatabaseThatIsNotOpenIsAnError() throws {
        let store = try open(with: blocks(3))
        disk.faults.walkFails = 1000
        let error = #expect(throws: BlockStoreError.self) { try store.logPage(above: 0) }
        #expect(error?.code == .readError)
        disk.faults.walkFails = 0
        store.close()
        let closed = #expect(throws: BlockStoreError.self) { try store.logPage(above: 0) }
        #expect(closed?.code == .closed)
    }

    /// LevelDB's own checksums tell of a walk that something was left out: everything beside it is given.
    @Test func besideDamageOnARealDiskNothingIsLeftOut() throws {
        let scratch = try ScratchStore()
        let blocks = try blocks(300, byteCount: 9000)
        let store = try scratch.open()
        try store.append(blocks, by: soon())
        store.close()
        let damaged = [50, 150, 250]
        for number in damaged {
            try blocks[number].flipABit(inTablesOf: scratch.folder + "/blocks")
        }
        let again = try scratch.open()
        defer { again.close() }
        let pages = try pages(again)
        let items = pages.flatMap(\.items)
        #expect(items.map(\.sequence) == Array(1...300), "each number is told once")
        #expect(pages.allSatisfy { $0.gaps.isEmpty })
        for (number, item) in items.enumerated() {
            #expect(item.isIntact == !damaged.contains(number))
            #expect((item.bytes == blocks[number].bytes) == item.isIntact)
        }
    }

    // MARK: waiting

    @Test func whoWaitsForTheLogIsToldOfWhatIsDurable() throws {
        let store = try open(with: blocks(1))
        defer { store.close() }
        #expect(store.waitForLog(above: 0, by: .never))
        #expect(!store.waitForLog(above: 1, by: .after(.zero)))
        let isThere = Pending<Bool>()
        let waiter = Thread(name: "waiter") {
            isThere.fulfil(store.waitForLog(above: 1, by: soon()))
        }
        try store.append([try VerifiedBlock(sample: 7)], by: soon())
        #expect(isThere.value())
        waiter.join()
    }

    @Test func whoWaitsForTheLogDoesNotOutliveTheStore() throws {
        let store = try open(with: blocks(1))
        let isThere = Pending<Bool>()
        let waiter = Thread(name: "waiter") {
            isThere.fulfil(store.waitForLog(above: 1, by: .never))
        }
        store.close()
        #expect(!isThere.value())
        waiter.join()
    }

    @Test func whoWaitsForTheLogCanBeCalledAway() throws {
        let store = try open(with: blocks(1))
        defer { store.close() }
        let isOver = Locked(false)
        let isThere = Pending<Bool>()
        let waiter = Thread(name: "waiter") {
            isThere.fulfil(
                store.waitForLog(above: 1, by: .never) { isOver.withLock { $0 } })
        }
        isOver.withLock { $0 = true }
        store.wakeFollowers()
        #expect(!isThere.value())
        waiter.join()
    }
}
