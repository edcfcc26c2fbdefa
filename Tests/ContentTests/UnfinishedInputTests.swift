import Buffers
import Execution
import TestSupport
import Testing
import UnixFS

@testable import Content

@Suite(.timeLimit(.minutes(40)))
struct UnfinishedInputTests {
    /// Else hundreds of slow uploads, each of which takes what the others give back, would keep one
    /// that needs more at once waiting for ever.
    @Test func nobodyGrowsWhileSomebodyWaits() throws {
        let scratch = try ScratchLibrary()
        let budget = scratch.library.assemblyBudget
        let input = UnfinishedInput(scratch.access)
        #expect(input.mayHold(1 << 20))
        let others = budget.limit - (2 << 20)
        #expect(budget.tryAcquire(others))
        let hasCome = Pending<Bool>()
        let thread = Thread(name: "waits") { hasCome.fulfil(budget.acquire(2 << 20, by: soon())) }
        let deadline = soon()
        while budget.waiterCount == 0, !deadline.hasPassed { pause(for: .milliseconds(1)) }
        #expect(!input.mayHold(3 << 19))
        try input.putAside([[]])
        #expect(hasCome.value())
        thread.join()
        budget.release(others + (2 << 20))
        #expect(input.mayHold(3 << 19))
    }

    /// Who holds names and links may wait for the memory of unfinished chunks: he and who waits the other way
    /// round would wait for each other until one of them fails. With a time, one more chunk is held back.
    @Test(arguments: [false, true])
    func whoWaitsForTheMemoryOfLinksHoldsNoUnfinishedChunk(hasTime: Bool) throws {
        let scratch = try ScratchLibrary()
        let (entries, assembly) = (
            scratch.library.entryMemory.budget, scratch.library.assemblyBudget
        )
        var options = ImportOptions()
        options.chunker = .fixed(100_000)
        options.mtime = hasTime ? ModificationTime(seconds: 7) : nil
        var random = SeededRandom(seed: 31)
        let bytes = random.bytes((Limits.freeLinkCount + 2) * 100_000)
        let expected = try scratch.add(bytes, options).cid
        let session = try AddSession(scratch.access, options: options) { _ in }
        // What costs nothing is used up, so that the next link has to be paid.
        try session.memory.take(Limits.freeStateBytes)
        try session.beginFile(at: .top)
        let all = entries.limit - entries.inUse
        #expect(entries.tryAcquire(all))
        let held = Locked<Int?>(nil)
        let thread = Thread(name: "others") {
            let deadline = soon()
            while entries.waiterCount == 0, !deadline.hasPassed { pause(for: .milliseconds(1)) }
            if entries.waiterCount > 0 { held.withLock { $0 = assembly.inUse } }
            entries.release(all)
        }
        try session.write(bytes, inPiecesOf: 30_000)
        try session.endFile()
        thread.join()
        #expect(held.withLock { $0 } == 0)
        #expect(try only(try session.finish(pinning: .none)).cid == expected)
        #expect(assembly.inUse == 0)
    }
}
