import Execution
import TestSupport
import Testing

@testable import Content

/// What was lost with a failure must not be forgotten: the rest of a batch would be left out of an
/// answer that looks complete.
@Suite(.timeLimit(.minutes(40)))
struct OrderedWorkTests {
    private struct Full: Error {}

    @Test func nothingFollowsAFailedDelivery() throws {
        let scratch = try ScratchLibrary()
        let work = OrderedWork<Int, Int, Int>(
            for: scratch.access,
            window: .init(bytesMax: 100_000, batchBytesMin: 1_000, batchCountMax: 4)
        ) { $0 * 2 }
        var delivered: [Int] = []
        for number in 0..<3 {
            try work.push(number, number, byteCount: 1) { tag, _ in delivered.append(tag) }
        }
        #expect(throws: Full.self) {
            try work.finish { tag, _ in
                if tag == 1 { throw Full() }
                delivered.append(tag)
            }
        }
        #expect(throws: Full.self) {
            try work.push(3, 3, byteCount: 1) { tag, _ in delivered.append(tag) }
        }
        #expect(throws: Full.self) { try work.finish { tag, _ in delivered.append(tag) } }
        #expect(delivered == [0])
    }

    /// Whoever leaves leaves pieces behind in the pool, with their inputs.
    @Test func whatThePoolHasCountsUntilItIsDone() throws {
        let scratch = try ScratchLibrary()
        let budget = scratch.library.ingestBudget
        let (isOpen, isWorking) = (Pending<Bool>(), Pending<Bool>())
        do {
            let work = OrderedWork<Int, Int, Int>(
                for: scratch.access,
                window: .init(bytesMax: 100_000, batchBytesMin: 1_000, batchCountMax: 1)
            ) { number in
                isWorking.fulfil(true)
                return isOpen.value() ? number : 0
            }
            try work.push(1, 1, byteCount: 5_000) { _, _ in }
            #expect(isWorking.value())
        }
        #expect(budget.inUse >= 5_000)
        isOpen.fulfil(true)
        #expect(comesBack { budget.inUse })
    }

    @Test func littleIsOnItsWayWhileTheProcessIsShortOfMemory() throws {
        let scratch = try ScratchLibrary()
        let budget = scratch.library.ingestBudget
        for isSmall in [false, true, false] {
            scratch.library.keepSmall(isSmall)
            let work = OrderedWork<Int, Int, Int>(
                for: scratch.access,
                window: .init(bytesMax: 100_000, batchBytesMin: 10, batchCountMax: 4)
            ) { $0 }
            let one = 10 + OrderedWork<Int, Int, Int>.itemByteCount
            var most = 0
            for number in 0..<20 {
                try work.push(number, number, byteCount: 10) { _, _ in }
                most = max(most, budget.inUse)
            }
            try work.finish { _, _ in }
            #expect(most == (isSmall ? one : 20 * one))
        }
    }

    /// A file of a megabyte can be a million leaves; a folder, as many empty files.
    @Test(arguments: [0, 1])
    func whatIsSmallTakesMemoryToo(byteCount: Int) throws {
        let scratch = try ScratchLibrary()
        let window = 100_000
        let work = OrderedWork<Int, Int, Int>(
            for: scratch.access,
            window: .init(bytesMax: window, batchBytesMin: 1_000, batchCountMax: 4)
        ) { $0 }
        var (pushed, delivered, most) = (0, 0, 0)
        for number in 0..<5_000 {
            try work.push(number, number % 3 == 0 ? number : nil, byteCount: byteCount) { _, _ in
                delivered += 1
            }
            pushed += 1
            most = max(most, pushed - delivered)
        }
        #expect(most <= window / OrderedWork<Int, Int, Int>.itemByteCount + 16)
        #expect(most > 16)
        try work.finish { _, _ in delivered += 1 }
        #expect(delivered == 5_000)
        #expect(scratch.library.ingestBudget.inUse == 0)
    }

    /// Others wait for what it would hold.
    @Test func whoWaitsHoldsNothing() throws {
        let scratch = try ScratchLibrary()
        let budget = scratch.library.ingestBudget
        #expect(budget.tryAcquire(budget.limit - 100_000))
        let heldWhileItWaited = Pending<Int>()
        let thread = Thread(name: "others") {
            let deadline = soon()
            while budget.waiterCount == 0, !deadline.hasPassed { pause(for: .milliseconds(1)) }
            heldWhileItWaited.fulfil(budget.inUse - (budget.limit - 100_000))
            budget.release(budget.limit - 100_000)
        }
        let work = OrderedWork<Int, Int, Int>(
            for: scratch.access,
            window: .init(bytesMax: 1 << 20, batchBytesMin: 40_000, batchCountMax: 64)
        ) { $0 * 2 }
        var delivered: [Int] = []
        // The last one does not fit beside what others have.
        for (number, byteCount) in [9_000, 9_000, 9_000, 150_000].enumerated() {
            try work.push(number, number, byteCount: byteCount) { _, output in
                delivered.append(output ?? -1)
            }
        }
        try work.finish { _, output in delivered.append(output ?? -1) }
        thread.join()
        #expect(delivered == [0, 2, 4, 6])
        #expect(heldWhileItWaited.value() == 0)
        #expect(budget.inUse == 0)
    }

    /// What a tag keeps counts before the tag is in line.
    @Test func tagsCountToo() throws {
        let scratch = try ScratchLibrary()
        let work = OrderedWork<Int, Int, Int>(
            for: scratch.access,
            window: .init(bytesMax: 1 << 20, batchBytesMin: 40_000, batchCountMax: 64)
        ) { $0 }
        try work.push(1, nil, byteCount: 0, keeping: 300_000) { _, _ in }
        #expect(scratch.library.ingestBudget.inUse >= 300_000)
        try work.finish { _, _ in }
        #expect(scratch.library.ingestBudget.inUse == 0)
    }

    /// The caller may hold what others wait for: it has paid for its inputs, or they are empty files.
    @Test func whatTakesNoMemoryWaitsForNobody() throws {
        let scratch = try ScratchLibrary()
        let budget = scratch.library.ingestBudget
        #expect(budget.tryAcquire(budget.limit))
        let thread = Thread(name: "waits") { _ = budget.acquire(1, by: soon()) }
        let deadline = soon()
        while budget.waiterCount == 0, !deadline.hasPassed { pause(for: .milliseconds(1)) }
        let work = OrderedWork<Int, Int, Int>(
            for: scratch.library.access(for: RequestContext(deadline: .after(.seconds(5)))),
            window: .init(bytesMax: 1_000, batchBytesMin: 10, batchCountMax: 2)
        ) { $0 * 2 }
        var delivered: [Int] = []
        for number in 0..<5 {
            try work.push(number, number, byteCount: 0) { _, output in
                delivered.append(output ?? -1)
            }
        }
        try work.finish { _, output in delivered.append(output ?? -1) }
        #expect(delivered == [0, 2, 4, 6, 8])
        budget.release(budget.limit)
        thread.join()
    }
}
