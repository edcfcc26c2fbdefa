import Buffers
import Execution
import Multiformats
import Telemetry
import TestSupport
import Testing
import Vault

@testable import BlockStore

/// Changes of pins: in which order they come, and which of them are written.
@Suite(.timeLimit(.minutes(40)))
struct PinChangeTests {
    private let cids: [CID]
    private let rows: [Key]

    init() throws {
        cids = try (0..<4).map { try VerifiedBlock(sample: $0).cid }
        rows = cids.map { Pin.table.place(of: PinKey($0, .rpc)) }
    }

    /// Else who wants many pins waits as long as others change one of them after the other.
    @Test func whoCameFirstIsServedFirst() throws {
        let claims = RowClaims()
        let order = Locked<[Int]>([])
        func start(_ number: Int, _ wanted: Set<Key>) -> Thread {
            Thread(name: "change-\(number)") {
                do throws(BlockStoreError) {
                    try claims.with(wanted, by: soon()) { () throws(BlockStoreError) in
                        order.withLock { $0.append(number) }
                    }
                } catch {
                    Issue.record("\(error)")
                }
            }
        }
        func wait(until isSo: () -> Bool) {
            let deadline = soon()
            while !isSo(), !deadline.hasPassed { pause(for: .milliseconds(1)) }
        }
        let wanted: [Set<Key>] = [[rows[0], rows[1]], [rows[1], rows[2]], [rows[2]]]
        var threads: [Thread] = []
        try claims.with([rows[0]], by: soon()) { () throws(BlockStoreError) in
            for (number, wanted) in wanted.enumerated() {
                threads.append(start(number, wanted))
                wait { claims.waiterCount + order.withLock { $0.count } == number + 1 }
            }
            // Nobody before it wants this one.
            threads.append(start(3, [rows[3]]))
            wait { order.withLock { $0.contains(3) } }
        }
        for thread in threads { thread.join() }
        #expect(order.withLock { $0 } == [3, 0, 1, 2])
        #expect(claims.byteCount == 0 && claims.waiterCount == 0)
    }

    @Test func whoGivesUpLetsTheNextOneGo() throws {
        var lines = ClaimLines()
        let first = lines.arrive([rows[0]])
        let second = lines.arrive([rows[0], rows[1]])
        let third = lines.arrive([rows[1], rows[0]])
        #expect([first, second, third].map(lines.isTurn) == [true, false, false])
        lines.leave(second)
        #expect(lines.waiterCount == 1 && !lines.isTurn(of: third))
        lines.leave(first)
        #expect(lines.isTurn(of: third))
        lines.leave(third)
        #expect(lines.byteCount == 0 && lines.waiterCount == 0)
    }

    /// Who waits is counted, too; what has no room waits before the lines, and is not passed there.
    @Test func aListThatIsLongerThanTheRoomGoesAlone() throws {
        var lines = ClaimLines()
        let long = Set(
            (0..<UInt64(60_000)).map { number in
                let cid = CID.v1(.raw, Multihash(code: .sha2_256, inline32: (number, 0, 0, 0)))
                return Pin.table.place(of: PinKey(cid, .rpc))
            })
        let small = lines.arrive([rows[0]])
        let list = lines.arrive(long)
        let next = lines.arrive([rows[1]])
        #expect([small, list, next].map(lines.isTurn) == [true, false, false])
        #expect(lines.byteCount < Limits.claimBytesMax && lines.waiterCount == 2)
        lines.leave(small)
        #expect([list, next].map(lines.isTurn) == [true, false])
        lines.leave(list)
        #expect(lines.isTurn(of: next))
        lines.leave(next)
        #expect(lines.byteCount == 0 && lines.waiterCount == 0)
    }

    @Test func aPinThatIsAsItWasIsNotWritten() throws {
        let scratch = try ScratchStore()
        let store = try scratch.open()
        defer { store.close() }
        func pin(_ cids: [CID], _ mode: Pin.Mode = .recursive, _ name: String = "") throws -> Int {
            let before = store.log.figures.batches.value
            try store.pin(cids, mode: mode, name: name, by: soon())
            return Int(store.log.figures.batches.value - before)
        }
        #expect(try pin(Array(cids[..<3])) == 1)
        let pins = try cids.map { try store.pin(of: $0) }
        for _ in 0..<10 { #expect(try pin(Array(cids[..<3])) == 0) }
        #expect(try cids.map { try store.pin(of: $0) } == pins)
        // Those that change are.
        #expect(try pin(cids) == 1)
        #expect(try pin(cids, .recursive, "name") == 1)
        #expect(try cids.allSatisfy { try store.pin(of: $0)?.name == "name" })
    }

    /// As somebody does who gives up waiting at once, and whose claim is gone then.
    private func changeLater(
        _ store: BlockStore, _ body: (inout TableChanges) -> Void
    ) throws {
        var changes = TableChanges()
        body(&changes)
        _ = try store.queue(changes, BlockStore.ChangeTurn(epoch: 0, metaEpoch: 0), by: soon())
    }

    /// One whose caller gave up may come behind the look: then none of the roots is changed.
    @Test(arguments: [false, true])
    func aRecursivePinOnItsWayStaysAndNothingIsHalfDone(removing: Bool) throws {
        let scratch = try ScratchStore()
        let store = try scratch.open()
        defer { store.close() }
        let (other, root) = (cids[0], cids[1])
        for _ in 0..<100 {
            try store.pin([root], mode: .direct, name: "", by: soon())
            if removing { try store.pin([other], mode: .direct, name: "", by: soon()) }
            var late = try #require(try store.pin(of: root))
            late.mode = .recursive
            try changeLater(store) { $0.put(late.record, at: late.key, in: Pin.table) }
            let error = #expect(throws: BlockStoreError.self) {
                if removing {
                    try store.unpin([other, root], takesRecursive: false, by: soon())
                } else {
                    try store.pin([other, root], mode: .direct, name: "", by: soon())
                }
            }
            #expect(error?.code == .pinnedRecursively(root))
            #expect(try store.pin(of: root)?.mode == .recursive)
            #expect(try (store.pin(of: other) != nil) == removing)
            try store.unpin([root] + (removing ? [other] : []), by: soon())
        }
    }

    /// A change whose caller gave up may be on its way yet when the next caller reads the pin.
    @Test func aChangeOnItsWayUndoesNoPin() throws {
        let scratch = try ScratchStore()
        let store = try scratch.open()
        defer { store.close() }
        for _ in 0..<100 {
            try store.pin(cids, mode: .recursive, name: "", by: soon())
            try changeLater(store) { changes in
                for cid in cids { changes.remove(PinKey(cid, .rpc), from: Pin.table) }
            }
            try store.pin(cids, mode: .recursive, name: "", by: soon())
            #expect(try cids.allSatisfy { try store.pin(of: $0) != nil })
        }
    }
}
