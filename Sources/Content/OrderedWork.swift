import Execution
import Synchronization

/// Runs one function over many inputs on the pool and hands the results out in the order of the
/// inputs, within a window of bytes. What is counted is what inputs, outputs and tags take while they
/// wait, too: a file can be cut into leaves of one byte, or be empty.
///
/// Inputs are gathered into batches, so that thousands of small ones cost few hand-overs. A tag
/// travels beside each input on the caller's thread; a tag without an input keeps its place in the
/// order (the end of a file).
///
/// One caller, one thread: results are delivered inside `push` and `finish`. After a delivery has
/// thrown, every further call throws the same.
final class OrderedWork<Tag, Input: Sendable, Output: Sendable> {
    /// How much may wait, and how much is one piece.
    struct Window {
        let bytesMax: Int
        let batchBytesMin: Int
        let batchCountMax: Int
    }

    typealias Delivery = (Tag, Output?) throws -> Void

    private struct Batch {
        let tags: [(tag: Tag, hasInput: Bool)]
        let outputs: Pending<[Output]>
        /// What it takes of window and budget.
        let charge: Charge
    }

    /// What a batch takes of the budget. Goes back when the batch was delivered; where nobody waits for that
    /// any more, when the pool has let go of it too.
    private final class Charge: Sendable {
        let cost: Int
        private let budget: ByteBudget
        private let isHeld = Atomic<Bool>(true)

        init(_ cost: Int, of budget: ByteBudget) { (self.cost, self.budget) = (cost, budget) }

        deinit { giveBack() }

        func giveBack() {
            guard isHeld.exchange(false, ordering: .acquiringAndReleasing) else { return }
            budget.release(cost)
        }
    }

    /// What an input or a tag takes beside its bytes: places in three arrays that may be half empty, and
    /// the objects that they own.
    static var itemByteCount: Int {
        2 * (MemoryLayout<Input>.stride + MemoryLayout<Output>.stride + MemoryLayout<Tag>.stride)
            + 512
    }

    private let pool: WorkPool
    private let library: Library
    private let budget: ByteBudget
    private let window: Window
    private let context: RequestContext
    private let work: @Sendable (Input) -> Output

    private var tags: [(tag: Tag, hasInput: Bool)] = []
    private var inputs: [Input] = []
    private var byteCount = 0
    /// What was pushed takes of window and budget, and what was taken of the budget ahead.
    private var pushedCost = 0
    private var credit = 0
    /// Oldest first; the window keeps it short.
    private var running: [Batch] = []
    private var runningCost = 0
    /// What a delivery threw. The rest of its batch is lost with it, so nothing may follow.
    private var failure: (any Error)?

    init(
        for access: ContentAccess, window: Window,
        work: @escaping @Sendable (Input) -> Output
    ) {
        pool = access.library.pool
        library = access.library
        budget = library.ingestBudget
        self.window = window
        context = access.context
        self.work = work
    }

    deinit { budget.release(pushedCost + credit) }

    /// Adds an input and delivers what the window has no room for.
    ///
    /// - Parameters:
    ///   - tag: comes back with the output.
    ///   - input: nil for a tag alone.
    ///   - byteCount: of the input; 0 where the caller has paid for it, or there are none. A piece of such
    ///     inputs waits for nobody.
    ///   - tagByteCount: what the tag keeps in memory.
    ///   - deliver: takes the results of earlier inputs.
    /// - Throws: what `deliver` throws; `.overloaded` when no room came free in time.
    func push(
        _ tag: Tag, _ input: Input?, byteCount: Int, keeping tagByteCount: Int = 0,
        deliver: Delivery
    ) throws {
        if let failure { throw failure }
        try context.check()
        let cost = min(budget.limit, byteCount + tagByteCount + Self.itemByteCount)
        try takeRoom(for: cost, waits: byteCount + tagByteCount > 0, deliver: deliver)
        tags.append((tag, input != nil))
        if let input { inputs.append(input) }
        self.byteCount += byteCount
        guard
            self.byteCount >= window.batchBytesMin || pushedCost >= 2 * window.batchBytesMin
                || inputs.count >= window.batchCountMax
                || tags.count >= 4 * window.batchCountMax
        else { return }
        if library.isShortOfMemory.load(ordering: .relaxed) { try deliverRunning(deliver) }
        start()
    }

    /// Starts and delivers everything that was pushed; more may follow. Nothing is held then.
    ///
    /// - Throws: as `push`.
    func finish(deliver: Delivery) throws {
        if let failure { throw failure }
        if !tags.isEmpty { start() }
        try deliverRunning(deliver)
        giveBackCredit()
    }

    private func start() {
        let (inputs, work) = (inputs, work)
        let charge = Charge(pushedCost, of: budget)
        let outputs = pool.start { withExtendedLifetime(charge) { inputs.map(work) } }
        running.append(Batch(tags: tags, outputs: outputs, charge: charge))
        runningCost += pushedCost
        tags.removeAll(keepingCapacity: true)
        self.inputs.removeAll(keepingCapacity: true)
        (byteCount, pushedCost) = (0, 0)
    }

    /// Takes the memory for an item before it is kept. Waits for others only while it holds nothing at all,
    /// so two callers never wait for each other, and nobody waits for who waits.
    ///
    /// - Parameter waits: whether it waits where there is none. What the caller has paid for goes without
    ///   then: he must not wait for others.
    private func takeRoom(for cost: Int, waits: Bool, deliver: Delivery) throws {
        while runningCost + pushedCost + cost > window.bytesMax, !running.isEmpty {
            try deliverOldest(deliver)
        }
        if take(cost) { return }
        while !running.isEmpty {
            try deliverOldest(deliver)
            if take(cost) { return }
        }
        try finish(deliver: deliver)
        if take(cost) { return }
        guard waits else { return }
        let deadline = Deadline.after(Limits.ingestWait).earlier(context.deadline)
        // A turn is for some items: else each would wait for its own.
        let wanted = max(cost, aheadByteCount)
        guard budget.acquire(wanted, by: deadline, for: context.client) else {
            try context.checkNow()
            throw ContentError.overloaded("the memory for uploads")
        }
        credit = wanted - cost
        pushedCost += cost
    }

    private var aheadByteCount: Int { min(window.batchBytesMin, budget.limit / 8) }

    /// Delivers the oldest of what was started, or of what was pushed.
    ///
    /// - Returns: false where nothing is left, and nothing held.
    func deliverSome(deliver: Delivery) throws -> Bool {
        if let failure { throw failure }
        if running.isEmpty, !tags.isEmpty { start() }
        if !running.isEmpty {
            try deliverOldest(deliver)
            return true
        }
        giveBackCredit()
        return false
    }

    private func giveBackCredit() {
        budget.release(credit)
        credit = 0
    }

    /// Takes some of the budget ahead: small items come by the thousand.
    private func take(_ cost: Int) -> Bool {
        if credit < cost {
            let more = max(cost - credit, aheadByteCount)
            if budget.tryAcquire(more) {
                credit += more
            } else {
                guard budget.tryAcquire(cost - credit) else { return false }
                credit = cost
            }
        }
        credit -= cost
        pushedCost += cost
        return true
    }

    private func deliverRunning(_ deliver: Delivery) throws {
        while !running.isEmpty { try deliverOldest(deliver) }
    }

    private func deliverOldest(_ deliver: Delivery) throws {
        let batch = running.removeFirst()
        defer {
            runningCost -= batch.charge.cost
            batch.charge.giveBack()
        }
        var outputs = batch.outputs.value().makeIterator()
        do {
            for (tag, hasInput) in batch.tags {
                try deliver(tag, hasInput ? outputs.next() : nil)
            }
        } catch {
            failure = error
            throw error
        }
    }
}
