import Content
import Execution
import Multiformats
import TestSupport
import Testing

@testable import BlockStore

/// One life of a library on a simulated disk: a few starts, in each of which threads work on it until the
/// power is cut or they have done enough.
struct RaceSchedule {
    private static let workerCount = 4

    private let seed: UInt64
    private let content: RaceContent
    private let disk: SimulatedDisk
    private let model = RaceModel()
    private var options: BlockStoreOptions
    private var random: SeededRandom
    private var workers: [RaceWorker]

    init(seed: UInt64, _ content: RaceContent) throws {
        self.seed = seed
        self.content = content
        random = SeededRandom(seed: seed)
        disk = SimulatedDisk(seed: seed)
        options = .simulated(on: disk)
        // What was removed must not be served from there either.
        options.cacheByteCount = 1 << 20
        options.reopenDelay = .microseconds(200)
        options.reopenPatience = .milliseconds(5)
        options.indexDelay = .microseconds(random.below(2000))
        workers = (0..<Self.workerCount).map { [content, model] number in
            RaceWorker(number: number, seed: seed, content, model)
        }
    }

    /// Runs it to its end.
    mutating func run() throws {
        for _ in 0..<(1 + random.below(4)) {
            disk.faults = faults()
            if random.below(3) == 0 { disk.cutPower(atWrite: 1 + random.below(60)) }
            let store = try open()
            work(on: store)
            try check(store)
            store.close()
            disk.powerOn()
            // As where it is damaged beyond its log.
            if random.below(8) == 0 {
                disk.lose(.meta) { _, _ in true }
                model.metaWasLost()
            }
            try checkAnew()
        }
    }

    private mutating func faults() -> SimulatedDisk.Faults {
        var faults = SimulatedDisk.Faults()
        faults.writeWaits = random.below(500)
        // Without failures of its own in half of the cases.
        guard random.below(2) == 0 else { return faults }
        faults.writeFails = random.below(50)
        faults.readFails = random.below(20)
        faults.openFails = random.below(700)
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
        let count = 10 + random.below(30)
        let source = DawdlingSource(store, seed: seed)
        let library = Library(store: store, source: source)
        workers = disk.work(workers, stepCount: count) { worker in worker.step(library) }
    }

    /// Nobody is at work, and the store is that which they have worked on.
    private func check(_ store: BlockStore) throws {
        guard disk.isOn else { return }
        disk.cutPower(atWrite: .max)
        disk.faults = SimulatedDisk.Faults()
        let hasRest = comesTrue { isAtRest(store) }
        #expect(hasRest, "seed \(seed)")
        guard hasRest, disk.isOn else { return }
        try expectAll(in: store)
    }

    /// Whether a store has recovered from all failures, and no write goes on in the background that might be
    /// another one. One without power never will.
    private func isAtRest(_ store: BlockStore) -> Bool {
        guard disk.isOn else { return true }
        guard case .writable = store.health, (try? store.meta.write([], by: soon())) != nil
        else { return false }
        return store.log.state.withLock { state in
            state.deletionByteCount == 0 && state.queue.count == 0
                && state.indexableCount == 0 && state.writeRefusal == nil
        }
    }

    /// The same behind another start.
    private func checkAnew() throws {
        disk.faults = SimulatedDisk.Faults()
        let store = try open()
        defer { store.close() }
        try expectAll(in: store)
        #expect(store.quarantinedCount == 0, "seed \(seed)")
        var count = 0
        try store.forEachBlock { _, _ in
            count += 1
            return true
        }
        #expect(store.statistics.blockCount == count, "seed \(seed)")
    }

    private func expectAll(in store: BlockStore) throws {
        for dag in content.dags {
            for holder in RaceWorker.holders { try expectPin(dag, holder, in: store) }
        }
        for cid in content.blocks {
            let bytes = try store.get(cid.multihash)
            switch model.known(.block(cid.multihash)) {
            case .so: #expect(bytes == content.bytes[cid], "seed \(seed): \(cid)")
            case .notSo: #expect(bytes == nil, "seed \(seed): \(cid)")
            case .unknown:
                #expect(bytes == nil || bytes == content.bytes[cid], "seed \(seed): \(cid)")
            }
        }
    }

    private func expectPin(
        _ dag: RaceContent.DAG, _ holder: Pin.Holder, in store: BlockStore
    ) throws {
        let pin = try store.pin(of: dag.root, holder: holder)
        let words = "seed \(seed): \(dag.root) of \(holder)"
        switch model.known(.pin(dag.root, holder)) {
        case .so:
            #expect(pin != nil, "\(words)")
            let bytes = try store.get(dag.root.multihash)
            #expect(bytes == content.bytes[dag.root], "\(words)")
        case .notSo: #expect(pin == nil, "\(words)")
        case .unknown: break
        }
        if holder == .rpc { try expectWhole(pin, dag, in: store, words) }
        guard model.known(.recursive(dag.root, holder)) == .so else { return }
        #expect(pin?.mode == .recursive, "\(words)")
        for cid in dag.blocks {
            let bytes = try store.get(cid.multihash)
            #expect(bytes == content.bytes[cid], "\(words): \(cid)")
        }
    }
}

extension RaceSchedule {
    /// A pin is what some answer has made of it, and its blocks are here, whether anybody was told so or not.
    private func expectWhole(
        _ pin: Pin?, _ dag: RaceContent.DAG, in store: BlockStore, _ words: String
    ) throws {
        let state = pin.map { RacePins.State.pin($0.mode, name: $0.name) } ?? .unpinned
        #expect(model.pins.mayBe(state, at: dag.root), "\(words): \(state)")
        guard let pin else { return }
        for cid in pin.mode == .recursive ? dag.blocks : [dag.root] {
            let bytes = try store.get(cid.multihash)
            #expect(bytes == content.bytes[cid], "\(words): \(cid) is pinned")
        }
    }
}

/// The blocks of a store, looked at slowly now and then: between two looks others come to their turn.
private final class DawdlingSource: ContentSource {
    private let store: LocalSource
    private let random: Locked<SeededRandom>

    init(_ store: BlockStore, seed: UInt64) {
        self.store = LocalSource(store)
        random = Locked(SeededRandom(seed: ~seed))
    }

    func block(
        _ cid: CID, for context: RequestContext, reserving reserve: (Int) -> Bool
    ) throws(ContentError) -> SourcedBlock {
        dawdle()
        return try store.block(cid, for: context, reserving: reserve)
    }

    func byteCount(of cid: CID, for context: RequestContext) throws(ContentError) -> Int? {
        dawdle()
        return try store.byteCount(of: cid, for: context)
    }

    func isAtHand(_ cid: CID) -> Bool { true }

    private func dawdle() {
        let wait = random.withLock { random in
            random.below(4) == 0 ? random.below(500) : 0
        }
        if wait > 0 { pause(for: .microseconds(wait)) }
    }
}
