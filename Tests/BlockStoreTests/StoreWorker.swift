import Buffers
import Execution
import Multiformats
import TestSupport
import Testing
import Vault

@testable import BlockStore

/// A thread of a schedule, with blocks that are its own, and what it was told of each.
struct StoreWorker: Sendable {
    private enum Known: Equatable {
        case absent
        case present
        /// What was tried last failed: either may be.
        case unknown
    }

    private struct Item {
        let block: VerifiedBlock
        var stored = Known.absent
        var pinned = Known.absent
        var pinName = ""
        var pinMode = Pin.Mode.recursive
    }

    private static let itemCount = 12

    private let seed: UInt64
    private var random: SeededRandom
    private var items: [Item]
    private var rows: WorkerRows

    init(number: Int, seed: UInt64) throws {
        self.seed = seed
        random = SeededRandom(seed: seed &+ UInt64(number) << 48)
        rows = WorkerRows(worker: number, seed: seed)
        items = try (0..<Self.itemCount).map { index in
            let content = Bytes(utf8: "worker \(number), block \(index)")
            let cid = CID.v1(.raw, try HashFunction.sha2_256.multihash(of: content))
            return Item(block: VerifiedBlock(cid: cid, alreadyHashed: content))
        }
    }

    mutating func step(on store: BlockStore) {
        let index = random.below(Self.itemCount)
        switch random.below(14) {
        case 0..<4: append(to: store)
        case 4, 5: delete(index, from: store)
        case 6: pin(index, in: store)
        case 7: unpin(index, in: store)
        case 8..<12: useRows(of: store)
        default: read(index, from: store)
        }
    }

    /// The log may still have what was deleted: a deletion counts when `meta/` has it.
    mutating func metaWasLost() {
        for index in items.indices where items[index].stored == .absent {
            items[index].stored = .unknown
        }
    }

    private mutating func append(to store: BlockStore) {
        let chosen = (0..<(1 + random.below(4))).map { _ in random.below(Self.itemCount) }
        do throws(BlockStoreError) {
            try store.append(chosen.map { items[$0].block }, by: soon())
            for index in chosen { items[index].stored = .present }
        } catch {
            expectFailure(error)
            for index in chosen where items[index].stored == .absent {
                items[index].stored = .unknown
            }
        }
    }

    private mutating func delete(_ index: Int, from store: BlockStore) {
        let before = items[index].stored
        do throws(BlockStoreError) {
            let outcome = try store.delete(items[index].block.multihash, by: soon())
            let expected: BlockStore.Deletion = before == .present ? .deleted : .absent
            if before != .unknown { #expect(outcome == expected, "seed \(seed)") }
            items[index].stored = .absent
        } catch {
            expectFailure(error)
            if before == .present { items[index].stored = .unknown }
        }
    }

    private mutating func pin(_ index: Int, in store: BlockStore) {
        let name = "name \(random.below(1000))"
        let mode: Pin.Mode = random.below(2) == 0 ? .direct : .recursive
        do throws(BlockStoreError) {
            try store.pin(items[index].block.cid, mode: mode, name: name, by: soon())
            (items[index].pinned, items[index].pinName) = (.present, name)
            items[index].pinMode = mode
        } catch {
            if case .pinnedRecursively = error.code {
                #expect(mode == .direct, "seed \(seed)")
                #expect(items[index].pinned != .absent, "seed \(seed)")
            } else {
                expectFailure(error)
                items[index].pinned = .unknown
            }
        }
    }

    private mutating func unpin(_ index: Int, in store: BlockStore) {
        let before = items[index].pinned
        do throws(BlockStoreError) {
            try store.unpin(items[index].block.cid, by: soon())
            #expect(before != .absent, "seed \(seed)")
            items[index].pinned = .absent
        } catch {
            if error.code == .notPinned {
                // What a failed write left shows only once the database is open again.
                #expect(before != .present, "seed \(seed)")
            } else {
                expectFailure(error)
                if before == .present { items[index].pinned = .unknown }
            }
        }
    }

    private mutating func useRows(of store: BlockStore) {
        do throws(BlockStoreError) {
            if random.below(4) > 0 {
                try rows.change(in: store, &random)
            } else {
                try rows.read(store, &random)
            }
        } catch {
            expectFailure(error)
        }
    }

    private func read(_ index: Int, from store: BlockStore) {
        do throws(BlockStoreError) {
            let bytes = try store.get(items[index].block.multihash)
            expect(bytes, of: items[index])
        } catch {
            expectFailure(error)
        }
    }

    private func expect(_ bytes: Bytes?, of item: Item) {
        switch item.stored {
        case .present: #expect(bytes == item.block.bytes, "seed \(seed)")
        case .absent: #expect(bytes == nil, "seed \(seed)")
        case .unknown: #expect(bytes == nil || bytes == item.block.bytes, "seed \(seed)")
        }
    }

    /// A disk that fails is no damage.
    private func expectFailure(_ error: BlockStoreError) {
        switch error.code {
        case .readOnly, .readError: break
        default: Issue.record("seed \(seed): \(error)")
        }
    }

    /// Looks at a store without failures.
    func check(_ store: BlockStore) throws {
        try rows.check(store)
        for item in items {
            expect(try store.get(item.block.multihash), of: item)
            let pin = try store.pin(of: item.block.cid)
            switch item.pinned {
            case .present:
                #expect(pin?.name == item.pinName, "seed \(seed)")
                #expect(pin?.mode == item.pinMode, "seed \(seed)")
            case .absent: #expect(pin == nil, "seed \(seed)")
            case .unknown: break
            }
        }
    }
}
