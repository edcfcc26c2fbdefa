import Execution
import Testing

@Suite(.timeLimit(.minutes(20)))
struct ByteBudgetTests {
    @Test func nothingIsGivenBeyondTheLimit() {
        let budget = ByteBudget(name: "test", limit: 100)
        #expect(budget.tryAcquire(60))
        #expect(!budget.tryAcquire(41))
        #expect(budget.tryAcquire(40))
        #expect(budget.inUse == 100)
        budget.release(100)
        #expect(budget.inUse == 0)
    }

    @Test func aRequestLargerThanTheBudgetGoesAlone() {
        let budget = ByteBudget(name: "test", limit: 10)
        #expect(budget.tryAcquire(50))
        #expect(!budget.tryAcquire(1))
        budget.release(50)
    }

    @Test func aWaiterGetsWhatAnotherReleases() {
        let budget = ByteBudget(name: "test", limit: 10)
        #expect(budget.tryAcquire(10))
        #expect(!budget.acquire(1, by: .after(.milliseconds(5))))
        let thread = Thread(name: "releaser") { budget.release(10) }
        #expect(budget.acquire(5, by: .after(.seconds(30))))
        thread.join()
    }

    @Test func releasingTooMuchTraps() async {
        await #expect(processExitsWith: .failure) {
            ByteBudget(name: "test", limit: 10).release(1)
        }
    }
}
