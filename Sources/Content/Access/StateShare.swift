import Execution
import Synchronization

/// The memory in which one walk, list or archive remembers where it is, taken from the budget of
/// all requests as it grows.
///
/// It cannot be made again as a block can, so a request that gets no more ends with an error. But
/// requests that hold some and need more must not wait for each other until all of them end so: one at
/// a time goes on with the reserve (`StateReserve`).
package final class StateShare {
    private let share: BudgetShare
    private var reservedByteCount = 0
    private let byteCountMax: Int
    private let context: RequestContext
    /// The memory, for the message of who gets none: a noun phrase.
    private let what: String
    private let reserve: StateReserve
    private let reserveBudget: ByteBudget
    /// Bytes of what is remembered.
    package private(set) var byteCount = 0

    /// Starts with nothing.
    ///
    /// - Parameters:
    ///   - budget: where the memory comes from.
    ///   - byteCountMax: what one request may hold of it.
    ///   - context: who asks.
    ///   - what: the memory, for the message of who gets none: a noun phrase.
    ///   - reserve: for one request at a time that holds some and gets no more.
    ///   - held: what the request has of both.
    init(
        of budget: ByteBudget, atMost byteCountMax: Int, for context: RequestContext,
        _ what: String, reserve: ByteBudget, _ held: StateReserve
    ) {
        (reserveBudget, self.reserve) = (reserve, held)
        share = BudgetShare(of: budget)
        self.byteCountMax = byteCountMax
        self.context = context
        self.what = what
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
    package var isFull: ContentError { .overloaded(what) }

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
        try grow(to: min(byteCount + more, byteCountMax), letGo)
    }

    /// As `makeRoom`, but does not wait.
    ///
    /// - Returns: false where that would have to be waited for.
    package func makeRoomAtOnce(for more: Int) throws(ContentError) -> Bool {
        try growAtOnce(to: min(byteCount + more, byteCountMax))
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
        guard byteCount <= byteCountMax else {
            throw ContentError(
                .tooMuchMemory,
                "the request would have to remember more than \(byteCountMax) bytes: ask for a part of "
                    + "the content, or add it in parts")
        }
        let more = Self.steps(for: byteCount) - accountedByteCount
        if share.grow(by: more) {
            reserve.noteState(more)
            return true
        }
        // Who has the reserve goes on with it, and stands still for nobody.
        return takeOfReserve(more, mayBegin: false)
    }

    private func takeOfReserve(_ more: Int, mayBegin: Bool) -> Bool {
        guard reserve.take(more, from: reserveBudget, mayBegin: mayBegin) else { return false }
        reservedByteCount += more
        return true
    }

    private var accountedByteCount: Int { share.byteCount + reservedByteCount }

    /// What has to be accounted for so many bytes.
    private static func steps(for byteCount: Int) -> Int {
        let step = Limits.stateStepBytes
        return (max(0, byteCount - Limits.freeStateBytes) + step - 1) / step * step
    }

    private func wait(for more: Int) throws(ContentError) {
        let deadline = Deadline.after(Limits.memoryWait).earlier(context.deadline)
        repeat {
            if takeOfReserve(more, mayBegin: true) { return }
            // A request that holds nothing keeps its place in the queue.
            let next = reserve.holdsState ? Deadline.after(Limits.reserveLookInterval) : deadline
            let isThere = share.grow(
                by: more, deadline: next.earlier(deadline), for: context.client)
            if isThere { reserve.noteState(more) }
            try context.checkNow()
            if isThere { return }
        } while !deadline.hasPassed
        throw .overloaded(what)
    }
}
