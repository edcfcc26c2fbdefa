import Execution

/// The memory in which one walk, list, archive or add remembers what it has to, taken from that of all
/// requests as it grows.
///
/// It cannot be made again as a block can, so a request that gets no more ends with an error. But
/// requests that hold some and need more must not wait for each other until all of them end so: one at
/// a time goes on with the reserve (`StateReserve`).
package final class StateShare {
    private let memory: StateMemory
    private let share: BudgetShare
    private var reservedByteCount = 0
    private let context: RequestContext
    private let reserve: StateReserve
    /// Bytes of what is remembered.
    package private(set) var byteCount = 0

    /// Starts with nothing.
    ///
    /// - Parameters:
    ///   - memory: where it comes from.
    ///   - context: who asks.
    ///   - reserve: what the request has of the memory, and its access to more.
    init(of memory: StateMemory, for context: RequestContext, _ reserve: StateReserve) {
        self.memory = memory
        share = BudgetShare(of: memory.budget)
        self.context = context
        self.reserve = reserve
    }

    deinit { release() }

    /// Gives everything back: what was remembered is gone.
    package func release() {
        byteCount = 0
        reserve.noteState(-share.byteCount)
        share.shrink(by: share.byteCount)
        reserve.giveBack(reservedByteCount)
        reservedByteCount = 0
    }

    /// Accounts for something more, before it is kept.
    ///
    /// - Parameter more: bytes that it takes.
    /// - Throws: as `require(_:)`; then it does not count.
    package func take(_ more: Int) throws(ContentError) { try require(byteCount + more) }

    /// Notes that something is kept no longer. Its memory stays here for what comes next, until
    /// `giveBack(beyond:)` or `release()`.
    ///
    /// - Parameter count: bytes that were taken for it.
    package func forget(_ count: Int) {
        byteCount -= count
        precondition(byteCount >= 0, "what is forgotten was accounted for")
    }

    /// Gives back what `forget(_:)` has left here, where it is much.
    ///
    /// - Parameter surplus: bytes that may stay for what comes next.
    package func giveBack(beyond surplus: Int) {
        guard accountedByteCount - Self.steps(for: byteCount) > surplus else { return }
        giveBack(keeping: 0)
    }

    /// Gives back what was taken ahead, but for what comes next.
    ///
    /// - Parameter more: bytes that will be taken.
    package func giveBack(keeping more: Int) {
        let idle = accountedByteCount - Self.steps(for: byteCount + more)
        guard idle > 0 else { return }
        // The reserve first: others cannot go on without it.
        let reserved = min(idle, reservedByteCount)
        reserve.giveBack(reserved)
        reservedByteCount -= reserved
        reserve.noteState(reserved - idle)
        share.shrink(by: idle - reserved)
    }

    /// Sees to it that so many bytes are accounted for in all. The first few cost nothing, for the
    /// many requests that remember next to nothing.
    ///
    /// - Throws: `.tooMuchMemory` past what one request may hold, `.overloaded` when the others
    ///   leave too little, and as `RequestContext.check()`.
    package func require(_ byteCount: Int) throws(ContentError) {
        try grow(to: byteCount)
        self.byteCount = byteCount
    }

    /// As `require(_:)`, but does not wait.
    ///
    /// - Returns: false where that would have to be waited for; then nothing has changed.
    /// - Throws: `.tooMuchMemory` past what one request may hold.
    package func requireAtOnce(_ byteCount: Int) throws(ContentError) -> Bool {
        guard try growAtOnce(to: byteCount) else { return false }
        self.byteCount = byteCount
        return true
    }

    /// As `take(_:)`, but does not wait.
    ///
    /// - Returns: as `requireAtOnce(_:)`.
    /// - Throws: as `requireAtOnce(_:)`.
    package func takeAtOnce(_ more: Int) throws(ContentError) -> Bool {
        try requireAtOnce(byteCount + more)
    }

    /// The error for who does not wait.
    package var isFull: ContentError { .overloaded(memory.what) }

    /// Sees to it that the next step can take its memory without a wait. To be called
    /// between two steps, where blocks that are held can be let go of: who waited here with blocks in
    /// hand would make everybody wait who only reads.
    ///
    /// - Parameters:
    ///   - more: what that takes at most.
    ///   - letGo: called before this waits; lets go of all blocks.
    /// - Throws: as `require(_:)`, but never `.tooMuchMemory`.
    package func makeRoom(
        for more: Int = Limits.stateAheadBytes, beforeWaiting letGo: () -> Void
    ) throws(ContentError) {
        try grow(to: min(byteCount + more, memory.requestByteCountMax), letGo)
    }

    /// As `makeRoom`, but does not wait.
    ///
    /// - Returns: false where that would have to be waited for.
    package func makeRoomAtOnce(for more: Int) throws(ContentError) -> Bool {
        try growAtOnce(to: min(byteCount + more, memory.requestByteCountMax))
    }

    private func grow(
        to byteCount: Int, _ letGo: () -> Void = {}
    ) throws(ContentError) {
        guard try !growAtOnce(to: byteCount) else { return }
        letGo()
        try wait(for: Self.steps(for: byteCount) - accountedByteCount)
    }

    /// - Returns: false where it has to be waited for.
    private func growAtOnce(to byteCount: Int) throws(ContentError) -> Bool {
        guard byteCount > accountedByteCount + Limits.freeStateBytes else { return true }
        guard byteCount <= memory.requestByteCountMax else {
            throw ContentError(
                .tooMuchMemory,
                "the request would have to remember more than \(memory.requestByteCountMax) bytes: ask "
                    + "for a part of the content, or add it in parts")
        }
        let more = Self.steps(for: byteCount) - accountedByteCount
        return takeOfShare(more) || takeOfReserve(more) || takeOfBoth(more)
    }

    private func takeOfShare(_ more: Int) -> Bool {
        guard share.grow(by: more) else { return false }
        reserve.noteState(more)
        return true
    }

    private func takeOfReserve(_ more: Int) -> Bool {
        guard reserve.take(more, from: memory.reserve) else { return false }
        reservedByteCount += more
        return true
    }

    /// Who has nearly all of one takes the rest of it, and what is wanted beyond of the other.
    private func takeOfBoth(_ more: Int) -> Bool {
        let rest = memory.budget.limit - share.byteCount
        guard rest > 0, rest < more, takeOfShare(rest) else { return false }
        guard !takeOfReserve(more - rest) else { return true }
        reserve.noteState(-rest)
        share.shrink(by: rest)
        return false
    }

    private var accountedByteCount: Int { share.byteCount + reservedByteCount }

    /// What has to be accounted for so many bytes.
    private static func steps(for byteCount: Int) -> Int {
        let step = Limits.stateStepBytes
        return (max(0, byteCount - Limits.freeStateBytes) + step - 1) / step * step
    }

    private func wait(for more: Int) throws(ContentError) {
        memory.noteWaiter(1)
        defer { memory.noteWaiter(-1) }
        let deadline = Deadline.after(Limits.memoryWait).earlier(context.deadline)
        let fitsShare = more <= memory.budget.limit - share.byteCount
        repeat {
            // A request that holds nothing keeps its place in the queue.
            let looksAgain = reserve.holdsState || !fitsShare
            let look = looksAgain ? Deadline.after(Limits.reserveLookInterval) : deadline
            let next = look.earlier(deadline)
            if takeOfReserve(more) || takeOfBoth(more) { return }
            let isThere = share.grow(by: more, deadline: next, for: context.client)
            if isThere { reserve.noteState(more) }
            try context.checkNow()
            if isThere { return }
            if !fitsShare { next.wait() }
        } while !deadline.hasPassed
        throw .overloaded(memory.what)
    }
}
