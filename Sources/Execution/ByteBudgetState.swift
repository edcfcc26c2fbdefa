/// Who holds how much of a budget, and who waits for it. No lock and no waiting inside.
///
/// - Invariant: after `serve`, nobody waits whose bytes are free and who may go next.
struct ByteBudgetState {
    var used = 0
    /// Shares that hold bytes and want more. Each is served as soon as its bytes are free, whoever
    /// of them came first: that any of them ends is what frees bytes for the rest.
    private var holders: [BudgetWaiter] = []
    /// Served in their order, and only while no holder waits: one of each client, and all that ask for
    /// nobody in particular.
    private var line: [BudgetWaiter] = []
    /// The others of those clients, in the order of their coming. When one of a client was served its next
    /// goes to the end of the line: however many one client sends, another waits behind one of them.
    private var behind: [BudgetWaiter] = []

    var waiterCount: Int { holders.count + line.count + behind.count }

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
        let waiter = BudgetWaiter(count, rank, client)
        if rank == .holder {
            holders.append(waiter)
        } else if client != nil, line.contains(where: { $0.client == client }) {
            behind.append(waiter)
        } else {
            line.append(waiter)
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
        while let first = line.first, fits(first, limit: limit) {
            used += first.count
            served.append(first)
            line.removeFirst()
            if let next = takeNext(of: first.client) { line.append(next) }
        }
        return served
    }

    /// The one of a client that came first of those who are not in the line.
    private mutating func takeNext(of client: Int?) -> BudgetWaiter? {
        guard let client, let index = behind.firstIndex(where: { $0.client == client }) else {
            return nil
        }
        return behind.remove(at: index)
    }

    /// Takes a caller out of the queue.
    ///
    /// - Returns: whether it still waited.
    mutating func leave(_ waiter: BudgetWaiter) -> Bool {
        if let index = holders.firstIndex(where: { $0 === waiter }) {
            holders.remove(at: index)
            return true
        }
        if let index = line.firstIndex(where: { $0 === waiter }) {
            line.remove(at: index)
            if let next = takeNext(of: waiter.client) { line.insert(next, at: index) }
            return true
        }
        guard let index = behind.firstIndex(where: { $0 === waiter }) else { return false }
        behind.remove(at: index)
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
    private let isServed = Monitor(false)

    init(_ count: Int, _ rank: Rank, _ client: Int?) {
        self.count = count
        self.rank = rank
        self.client = client
    }

    func wake() { isServed.notify { $0 = true } }

    func wait(by deadline: Deadline) -> Bool {
        isServed.wait(by: deadline) { $0 ? true : nil } ?? false
    }
}
