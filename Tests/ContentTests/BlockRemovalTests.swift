import BlockStore
import Buffers
import Content
import Execution
import Multiformats
import TestSupport
import Testing

/// Long lists of blocks are removed step by step, and each block is told what became of it.
@Suite(.timeLimit(.minutes(40)))
struct BlockRemovalTests {
    private let scratch: ScratchLibrary
    /// More than go in two steps.
    private let cids: [CID]

    init() throws {
        scratch = try ScratchLibrary()
        let writer = BlockWriter(scratch.access)
        cids = try (0..<4_200).map { try writer.put(Bytes(utf8: "\($0)"), naming: .init()) }
        try writer.finish()
    }

    private func isHere(_ cid: CID) throws -> Bool {
        try scratch.store.contains(cid.multihash)
    }

    @Test func eachBlockIsToldInTheOrderAsked() throws {
        let pinned = Set(stride(from: 0, to: cids.count, by: 100).map { cids[$0] })
        try Pins(scratch.library).add(
            Array(pinned), mode: .direct, for: scratch.access.context)
        let writer = BlockWriter(scratch.access)
        let absent = try writer.put(Bytes(utf8: "absent"), naming: .init())
        try writer.finish()
        try scratch.store.delete(absent.multihash)
        // Two that are named again, in one step and in another.
        let wanted = cids + [absent, cids[4_199], cids[1]]
        let outcomes = try BlockRemoval(scratch.access).remove(wanted, isForced: false)
        #expect(outcomes.map(\.cid) == wanted)
        for outcome in outcomes.prefix(cids.count) {
            let isPinned = pinned.contains(outcome.cid)
            #expect(outcome.error == (isPinned ? "pinned: direct" : nil))
        }
        #expect(
            outcomes.dropFirst(cids.count).map(\.error)
                == [absent, cids[4_199], cids[1]].map { "ipld: could not find \($0.text())" })
        #expect(try cids.allSatisfy { try isHere($0) == pinned.contains($0) })
        #expect(scratch.store.statistics.blockCount == pinned.count)
    }

    /// Who leaves has his blocks until the end of the step, and no others are removed.
    @Test func whatWasNotToldIsStillThere() throws {
        let access = scratch.access
        var told: [CID] = []
        let error = contentError {
            try BlockRemoval(access).remove(cids, isForced: false) { outcome in
                #expect(outcome.error == nil)
                told.append(outcome.cid)
                access.context.cancel()
            }
        }
        #expect(error?.code == .cancelled)
        #expect(!told.isEmpty && told.count < cids.count)
        #expect(told == Array(cids.prefix(told.count)))
        #expect(try told.allSatisfy { try !isHere($0) })
        #expect(try cids.dropFirst(told.count).allSatisfy { try isHere($0) })
    }

    /// Pins that come in the middle stop only what they keep.
    @Test func whatIsPinnedBetweenTwoStepsStays() throws {
        let pins = Pins(scratch.library)
        var (outcomes, isPinned) = ([BlockRemoval.Outcome](), false)
        let last = cids[4_199]
        try BlockRemoval(scratch.access).remove(cids, isForced: false) { outcome in
            outcomes.append(outcome)
            guard !isPinned else { return }
            isPinned = true
            try pins.add(last, for: scratch.access.context)
        }
        #expect(outcomes.map(\.cid) == cids)
        #expect(outcomes.dropLast().allSatisfy { $0.error == nil })
        #expect(outcomes.last?.error == "pinned: recursive")
        #expect(try isHere(last))
        #expect(scratch.store.statistics.blockCount == 1)
    }
}
