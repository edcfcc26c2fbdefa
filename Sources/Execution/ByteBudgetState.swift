/// Who holds how much of a budget, and who waits for it. No lock and no waiting inside.
///
/// - Invariant: after `serve`, nobody waits whose bytes are free and who may go next.
struct ByteBudgetState {
    var used = 0
    /// Shares that hold bytes and want more. Each is served as soon as its bytes are free, whoever
    /// of them came first: that any of them ends is what frees bytes for the rest.
    private var holders: [BudgetWaiter] = []
    /// Served in their order, and only while no holder waits. First those before whom nobody of their client
    /// waits, then those before whom one does, and so on: however many one client sends, the first of another
    /// waits behind one of them.
    private var newcomers: [BudgetWaiter] = []

    var waiterCount: Int { holders.count + newcomers.count }

    /// Takes bytes unless they are not free or others come first.
    mutating func take(_ count: Int, _ rank: BudgetWaiter.Rank, limit: Int) -> Bool {
        if rank != .holder, waiterCount > 0 { return false }
        // Whoever is alone may have more than there is, but not a share: it could grow for ever.
        let isAlone = used == 0 && rank == .newcomer
        guard isAlone || count <= limit - used else { return false }
        used += count
        return true
    }

    /// Lets a caller wait.
    ///
    /// - Parameter client: who it asks for; nil for nobody in particular.
    mutating func enqueue(
        _ count: Int, _ rank: BudgetWaiter.Rank, for client: Int? = nil
    ) -> BudgetWaiter {
        let ahead = client.map { client in newcomers.count { $0.client == client } } ?? 0
        let waiter = BudgetWaiter(count, rank, client, behind: ahead)
        if rank == .holder {
            holders.append(waiter)
        } else {
            let index = newcomers.firstIndex { $0.aheadCount > ahead } ?? newcomers.count
            newcomers.insert(waiter, at: index)
        }
        return waiter
    }

    /// Takes the bytes of those who can have them now.
    ///
    /// - Returns: them; to be woken without the lock.
    mutating func serve(limit: Int) -> [BudgetWaiter] {
        var served: [BudgetWaiter] = []
        holders.removeAll { waiter in
            guard waiter.count <= limit - used else { return false }
            used += waiter.count
            served.append(waiter)
            return true
        }
        guard holders.isEmpty else { return served }
        let waiting = newcomers
        var count = 0
        while count < waiting.count, fits(waiting[count], limit: limit) {
            used += waiting[count].count
            served.append(waiting[count])
            count += 1
        }
        newcomers.removeFirst(count)
        return served
    }

    /// Takes a caller out of the queue.
    ///
    /// - Returns: whether it still waited.
    mutating func leave(_ waiter: BudgetWaiter) -> Bool {
        if let index = holders.firstIndex(where: { $0 === waiter }) {
            holders.remove(at: index)
            return true
        }
        guard let index = newcomers.firstIndex(where: { $0 === waiter }) else { return false }
        newcomers.remove(at: index)
        return true
    }

    private func fits(_ waiter: BudgetWaiter, limit: Int) -> Bool {
        if used == 0, waiter.rank == .newcomer { return true }
        return waiter.count <= limit - used
    }
}

/// One caller that waits for bytes of a budget. Has a monitor of its own, so that a release wakes
/// those who are served and not a thousand others.
final class BudgetWaiter: Sendable {
    /// Who asks.
    enum Rank {
        /// Holds nothing yet, and gets its bytes in one piece.
        case newcomer
        /// A share that holds nothing yet.
        case firstOfShare
        /// A share that holds bytes.
        case holder
    }

    let count: Int
    let rank: Rank
    /// Who it asks for; nil for nobody in particular.
    let client: Int?
    /// How many of that client waited when it came.
    let aheadCount: Int
    private let isServed = Monitor(false)

    init(_ count: Int, _ rank: Rank, _ client: Int?, behind aheadCount: Int) {
        self.count = count
        self.rank = rank
        self.client = client
        self.aheadCount = aheadCount
    }

    func wake() { isServed.notify { $0 = true } }

    func wait(by deadline: Deadline) -> Bool {
        isServed.wait(by: deadline) { $0 ? true : nil } ?? false
    }
}
