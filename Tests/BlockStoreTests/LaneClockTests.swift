import Execution
import TestSupport
import Testing

@testable import BlockStore

/// The pauses of the lanes go by the clock of the store.
@Suite(.timeLimit(.minutes(40)))
struct LaneClockTests {
    private let disk = SimulatedDisk(seed: 1)
    private let clock = ManualClock()
    private let block: VerifiedBlock

    init() throws { block = try VerifiedBlock(sample: 1) }

    private func open() throws -> BlockStore {
        var options = BlockStoreOptions.simulated(on: disk)
        options.clock = clock
        options.indexDelay = .seconds(100)
        options.reopenDelay = .seconds(50)
        options.reopenPatience = .seconds(200)
        return try BlockStore.open(options)
    }

    private func indexedThrough(_ store: BlockStore) -> UInt64 {
        store.log.state.withLock { $0.indexedThrough }
    }

    private func refusal(of store: BlockStore) -> String? {
        if case .readOnly(let error) = store.health { error.message } else { nil }
    }

    @Test func theIndexIsWrittenWhenItsTimeHasCome() throws {
        let store = try open()
        defer { store.close() }
        try store.append([block], by: soon())
        let due = clock.now.advanced(by: .seconds(100))
        #expect(clock.comesToRest(until: due))
        clock.advance(by: .seconds(99))
        #expect(clock.comesToRest(until: due))
        #expect(indexedThrough(store) == 0)
        clock.advance(by: .seconds(1))
        #expect(comesTrue { indexedThrough(store) == 1 })
    }

    @Test func aDatabaseIsOpenedAgainWhenItsTimeHasCome() throws {
        let store = try open()
        defer { store.close() }
        disk.faults.writeFails = 1000
        let error = #expect(throws: BlockStoreError.self) {
            try store.append([block], by: soon())
        }
        #expect(error?.code == .readOnly)
        let due = clock.now.advanced(by: .seconds(50))
        #expect(clock.comesToRest(until: due))
        disk.faults.writeFails = 0
        #expect(error?.message == refusal(of: store))
        clock.advance(by: .seconds(50))
        #expect(comesTrue { (try? store.append([block], by: soon())) != nil })
        #expect(try store.get(block.multihash) == block.bytes)
    }

    /// The rest of what waits for the index goes with the last batch, whatever the clock says.
    @Test func aStoreIsClosedByAClockThatStands() throws {
        let store = try open()
        try store.append([block], by: soon())
        store.close()
        let again = try open()
        defer { again.close() }
        #expect(try again.get(block.multihash) == block.bytes)
        #expect(indexedThrough(again) == 1)
    }
}
