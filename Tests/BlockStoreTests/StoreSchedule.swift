import Buffers
import Execution
import TestSupport
import Testing

@testable import BlockStore

/// One life of a store on a simulated disk: a few starts, in each of which threads work on it until the
/// power is cut or they have done enough.
struct StoreSchedule {
    private let seed: UInt64
    private let disk: SimulatedDisk
    private let options: BlockStoreOptions
    private var random: SeededRandom
    private var workers: [StoreWorker]

    init(seed: UInt64) throws {
        self.seed = seed
        random = SeededRandom(seed: seed)
        disk = SimulatedDisk(seed: seed)
        var options = BlockStoreOptions.simulated(on: disk)
        options.reopenDelay = .microseconds(200)
        options.reopenPatience = .milliseconds(5)
        options.indexDelay = .microseconds(random.below(2000))
        self.options = options
        workers = try (0..<3).map { try StoreWorker(number: $0, seed: seed) }
    }

    /// Runs it to its end.
    mutating func run() throws {
        for _ in 0..<(1 + random.below(4)) {
            disk.faults = faults()
            if random.below(3) > 0 { disk.cutPower(atWrite: 1 + random.below(60)) }
            let store = try open()
            work(on: store)
            store.close()
            disk.powerOn()
            // As where it is damaged beyond its log.
            if random.below(8) == 0 { loseMeta() }
        }
        try check()
        // Each has what the other one needs.
        loseMeta()
        try check()
        disk.lose(.blocks) { _, value in StoredRow.isRow(value) }
        try check()
        try check()
    }

    private mutating func loseMeta() {
        disk.lose(.meta) { _, _ in true }
        for index in workers.indices { workers[index].metaWasLost() }
    }

    private mutating func faults() -> SimulatedDisk.Faults {
        var faults = SimulatedDisk.Faults()
        // Without failures of its own in half of the cases.
        guard random.below(2) == 0 else { return faults }
        faults.writeFails = random.below(100)
        faults.readFails = random.below(100)
        faults.openFails = random.below(700)
        faults.writeWaits = random.below(200)
        return faults
    }

    /// An opening that fails is repeated; it may be cut off, too.
    private func open() throws -> BlockStore {
        do throws(BlockStoreError) {
            return try disk.open(options)
        } catch {
            #expect(error.code == .readError, "seed \(seed): \(error)")
            throw error
        }
    }

    private mutating func work(on store: BlockStore) {
        let count = 5 + random.below(30)
        workers = disk.work(workers, stepCount: count) { worker in worker.step(on: store) }
    }

    /// Without failures everything that was acknowledged is there.
    private func check() throws {
        disk.faults = SimulatedDisk.Faults()
        let store = try open()
        defer { store.close() }
        for worker in workers { try worker.check(store) }
        try checkEntries(of: store)
        var (count, byteCount) = (0, 0)
        try store.forEachBlock { multihash, info in
            count += 1
            byteCount += info.byteCount
            let bytes = try store.get(multihash)
            #expect(bytes?.count == info.byteCount, "seed \(seed)")
            return true
        }
        #expect(store.statistics.blockCount == count, "seed \(seed)")
        #expect(store.statistics.byteCount == byteCount, "seed \(seed)")
        #expect(store.quarantinedCount == 0, "seed \(seed)")
        // What a crash leaves is no damage.
        #expect(disk.damage.isEmpty, "seed \(seed)")
    }

    /// The log has no entry of a row that is not the last one, but for removals.
    private func checkEntries(of store: BlockStore) throws {
        let page = try store.logPage(above: 0)
        #expect(!page.hasMore && page.gaps.isEmpty, "seed \(seed)")
        for row in page.rows where !row.isRemoval {
            let stored = try store.metaValue(for: row.key).flatMap(MetaRow.init(decoding:))
            #expect(stored?.sequence == row.sequence, "seed \(seed)")
        }
    }
}
