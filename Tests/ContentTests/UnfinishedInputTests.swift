import Execution
import TestSupport
import Testing

@testable import Content

@Suite(.timeLimit(.minutes(20)))
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
}
