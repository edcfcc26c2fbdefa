import TestSupport
import Testing

@testable import Execution

@Suite(.timeLimit(.minutes(40)))
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

    /// However many one client sends: another waits behind one of them.
    @Test func clientsTakeTurns() {
        var queue = Queue()
        queue.come(["a1", "a2", "a3", "b1", "-1", "b2", "a4"])
        #expect(queue.serve(7) == ["a1", "b1", "-1", "a2", "b2", "a3", "a4"])
    }

    /// Nor is who waits passed for ever by who comes back each time.
    @Test func whoComesBackWaitsHisTurn() {
        var queue = Queue()
        queue.come(["a1", "a2", "a3", "b1"])
        var order = queue.serve(1)
        for number in 2..<6 {
            queue.come(["b\(number)"])
            order += queue.serve(1)
        }
        #expect(order == ["a1", "b1", "a2", "b2", "a3"])
    }

    /// One client alone keeps the order of its coming.
    @Test func oneClientIsServedInOrder() {
        var queue = Queue()
        queue.come((1...9).map { "a\($0)" })
        var order = queue.serve(4)
        queue.come(["a10"])
        order += queue.serve(6)
        #expect(order == (1...10).map { "a\($0)" })
    }

    /// Its place in the line is the next one's of its client.
    @Test func whoGivesUpLeavesHisPlaceToHisNext() {
        var queue = Queue()
        queue.come(["a1", "a2", "b1", "b2", "c1"])
        queue.leave("b1")
        queue.leave("a2")
        #expect(queue.serve(3) == ["a1", "b2", "c1"])
        #expect(queue.state.waiterCount == 0)
    }

    /// Those who wait for a budget of one byte: the first letter is the client.
    private struct Queue {
        var state = ByteBudgetState()
        private var waiters: [(name: String, waiter: BudgetWaiter)] = []

        init() {
            let isTaken = state.take(1, .firstOfShare, limit: 1)
            #expect(isTaken)
        }

        mutating func come(_ names: [String]) {
            for name in names {
                let letter = name.utf8.first.map { Int($0) }
                let client = name.hasPrefix("-") ? nil : letter
                waiters.append((name, state.enqueue(1, .firstOfShare, for: client)))
            }
        }

        mutating func leave(_ name: String) {
            for (other, waiter) in waiters where other == name { _ = state.leave(waiter) }
        }

        /// Gives the byte back as often, and tells who has got it.
        mutating func serve(_ count: Int) -> [String] {
            var order: [String] = []
            for _ in 0..<count {
                state.used -= 1
                let served = state.serve(limit: 1)
                order += waiters.filter { one in served.contains { $0 === one.waiter } }.map(\.name)
            }
            return order
        }
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
