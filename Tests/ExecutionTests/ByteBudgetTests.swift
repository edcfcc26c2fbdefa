import Execution
import TestSupport
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

    @Test func aLargeRequestIsNotPassedBySmallOnes() {
        let budget = ByteBudget(name: "test", limit: 100)
        #expect(budget.tryAcquire(60))
        let large = acquirer(of: 80, from: budget)
        #expect(!budget.tryAcquire(10), "free, but the large one comes first")
        let small = acquirer(of: 10, from: budget)
        #expect(budget.waiterCount == 2)
        budget.release(60)
        large.join()
        small.join()
        #expect(budget.inUse == 90 && budget.waiterCount == 0)
    }

    /// However many one client sends: the first of another waits behind one of them.
    @Test func clientsTakeTurns() {
        let budget = ByteBudget(name: "test", limit: 100)
        #expect(budget.tryAcquire(100))
        let order = Locked<[String]>([])
        var threads: [Thread] = []
        for (name, client) in [
            ("a1", 1), ("a2", 1), ("a3", 1), ("b1", 2), ("nobody", nil), ("b2", 2), ("a4", 1),
        ] as [(String, Int?)] {
            let before = budget.waiterCount
            threads.append(
                Thread(name: name) {
                    let share = BudgetShare(of: budget)
                    guard share.grow(by: 60, deadline: .after(.seconds(600)), for: client) else {
                        return
                    }
                    withExtendedLifetime(share) { order.withLock { $0.append(name) } }
                })
            while budget.waiterCount == before { Thread.yield() }
        }
        budget.release(100)
        for thread in threads { thread.join() }
        #expect(order.withLock { $0 } == ["a1", "b1", "nobody", "a2", "b2", "a3", "a4"])
    }

    @Test func whoGivesUpLetsThoseBehindPass() {
        let budget = ByteBudget(name: "test", limit: 100)
        #expect(budget.tryAcquire(60))
        let outcome = Locked<Bool?>(nil)
        let gate = Instant.now.advanced(by: .milliseconds(200))
        let large = Thread(name: "large") {
            let result = budget.acquire(80, by: .at(gate))
            outcome.withLock { $0 = result }
        }
        while budget.waiterCount < 1 { Thread.yield() }
        #expect(budget.acquire(10, by: .after(.seconds(600))), "nothing was released meanwhile")
        large.join()
        #expect(outcome.withLock { $0 } == false)
        #expect(budget.inUse == 70)
    }

    @Test func noWaiterIsForgottenAmongManyThatComeAndGiveUp() {
        let budget = ByteBudget(name: "test", limit: 10)
        let threads = (0..<8).map { index in
            Thread(name: "churn-\(index)") {
                var random = SystemRandomNumberGenerator()
                for _ in 0..<500 {
                    let count = Int.random(in: 1...14, using: &random)
                    // Many deadlines pass in the very moment in which the bytes come.
                    let isPatient = Bool.random(using: &random)
                    let deadline = Deadline.after(isPatient ? .seconds(600) : .microseconds(20))
                    if budget.acquire(count, by: deadline) {
                        Thread.yield()
                        budget.release(count)
                    } else if isPatient {
                        Issue.record("a waiter was forgotten")
                    }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(budget.inUse == 0 && budget.waiterCount == 0)
    }

    @Test(arguments: [Int.max, 1 << 62])
    func hugeAmountsDoNotOverflow(_ count: Int) {
        let budget = ByteBudget(name: "test", limit: 10)
        #expect(budget.tryAcquire(count))
        #expect(!budget.tryAcquire(count))
        budget.release(count)
        #expect(budget.inUse == 0)
    }

    /// A thread that takes bytes and keeps them; returns when it waits for them.
    private func acquirer(of count: Int, from budget: ByteBudget) -> Thread {
        let before = budget.waiterCount
        let thread = Thread(name: "acquirer") {
            #expect(budget.acquire(count, by: .after(.seconds(600))))
        }
        while budget.waiterCount == before { Thread.yield() }
        return thread
    }

    @Test func releasingTooMuchTraps() async {
        await #expect(processExitsWith: .failure) {
            ByteBudget(name: "test", limit: 10).release(1)
        }
    }
}
