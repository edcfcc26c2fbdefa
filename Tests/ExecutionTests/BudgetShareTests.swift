import Execution
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(40)))
struct BudgetShareTests {
    private let budget = ByteBudget(name: "test", limit: 100)

    @Test func aShareGrowsShrinksAndGivesBackTheRestWhenItGoes() {
        do {
            let share = BudgetShare(of: budget)
            #expect(share.grow(by: 60))
            #expect(share.grow(by: 30))
            #expect(share.byteCount == 90 && budget.inUse == 90)
            share.shrink(by: 50)
            #expect(share.byteCount == 40 && budget.inUse == 40)
        }
        #expect(budget.inUse == 0)
    }

    @Test(arguments: [101, 1 << 40, Int.max])
    func aShareNeverHoldsMoreThanThereIs(_ count: Int) {
        let alone = BudgetShare(of: budget)
        #expect(!alone.grow(by: count))
        #expect(!alone.grow(by: count, deadline: .never), "it can never come, so nobody waits")
        #expect(alone.grow(by: 1))
        #expect(!alone.grow(by: 100))
        #expect(!alone.grow(by: 100, deadline: .never))
        #expect(budget.inUse == 1)
    }

    @Test func whoHoldsBytesGoesBeforeThoseWhoWaitForTheirFirst() {
        let holder = BudgetShare(of: budget)
        #expect(holder.grow(by: 90))
        let newcomer = waiter(90)
        #expect(!budget.tryAcquire(5), "nobody new passes the one who waits")
        #expect(!BudgetShare(of: budget).grow(by: 5))
        #expect(holder.grow(by: 10), "its end is what the other waits for")
        holder.shrink(by: 100)
        newcomer.join()
        #expect(budget.inUse == 0)
    }

    @Test func aHolderThatWaitsIsServedBeforeNewcomersThatCameFirst() {
        let (first, second) = (BudgetShare(of: budget), BudgetShare(of: budget))
        #expect(first.grow(by: 50) && second.grow(by: 50))
        let newcomer = waiter(30)
        let grown = Locked(false)
        let thread = Thread(name: "grower") {
            let result = first.grow(by: 30, deadline: .after(.seconds(600)))
            grown.withLock { $0 = result }
        }
        while budget.waiterCount < 2 { Thread.yield() }
        second.shrink(by: 30)
        thread.join()
        #expect(grown.withLock { $0 })
        #expect(first.byteCount == 80 && budget.waiterCount == 1)
        first.shrink(by: 80)
        newcomer.join()
    }

    @Test func givingBackMoreThanIsHeldTraps() async {
        await #expect(processExitsWith: .failure) {
            let share = BudgetShare(of: ByteBudget(name: "test", limit: 10))
            _ = share.grow(by: 5)
            share.shrink(by: 6)
        }
    }

    /// A thread that waits for bytes, and gives them back at once; returns when it is in the queue.
    private func waiter(_ count: Int) -> Thread {
        let before = budget.waiterCount
        let thread = Thread(name: "waiter") { [budget] in
            if budget.acquire(count, by: .after(.seconds(600))) { budget.release(count) }
        }
        while budget.waiterCount == before { Thread.yield() }
        return thread
    }
}
