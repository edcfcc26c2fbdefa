package import Execution
import Synchronization

/// Who asks for content: until when, whether anybody still waits, and how much work it may cost.
///
/// One value goes down from a surface through everything that reads, walks or lists, and each loop
/// over content calls `check()`: nothing goes on after its caller has left. May be used by the
/// threads that work for the request, side by side.
package final class RequestContext: Sendable {
    /// When the caller no longer waits.
    package let deadline: Deadline
    /// Whether content may come from this node only. Fetching from others asks for it.
    package let usesLocalContentOnly: Bool

    /// For whom: clients take turns where they wait for memory. Nil for nobody in particular.
    package let client: Int?

    /// What the request holds of the memory for walks.
    let stateReserve = StateReserve()
    /// The same of the memory for what is added.
    let entryReserve = StateReserve()

    private let cancellation = Cancellation()
    private let isWanted: @Sendable () -> Bool
    private let steps = Atomic<UInt64>(0)
    private let nextLook: Atomic<UInt64>

    /// Begins a request.
    ///
    /// - Parameters:
    ///   - deadline: when the caller no longer waits.
    ///   - client: for whom, in short; nil for nobody in particular.
    ///   - usesLocalContentOnly: false where other nodes may be asked.
    ///   - firstLook: when the caller is looked at for the first time. Most requests are over before.
    ///   - isWanted: whether the caller is still there; asked now and then, from any thread.
    package init(
        deadline: Deadline, client: Int? = nil, usesLocalContentOnly: Bool = true,
        firstLook: Duration = Limits.callerLookInterval,
        isWanted: @escaping @Sendable () -> Bool = { true }
    ) {
        self.deadline = deadline
        self.client = client
        self.usesLocalContentOnly = usesLocalContentOnly
        self.isWanted = isWanted
        nextLook = Atomic(Instant.now.advanced(by: firstLook).nanoseconds)
    }

    /// Ends the work: the next `check()` throws.
    package func cancel() { cancellation.cancel() }

    /// To be called at every step over content: a block, an entry, a link.
    ///
    /// - Throws: `.cancelled`, `.deadlineExceeded`; `.tooMuchWork` past the limit of steps.
    /// - Complexity: a counter; the clock on few steps, the caller's connection on fewer.
    package func check() throws(ContentError) {
        let step = steps.wrappingAdd(1, ordering: .relaxed).oldValue
        if cancellation.isCancelled { throw .cancelled }
        if step % Limits.stepsBetweenLooks == 0 { try look(at: step) }
    }

    /// The same with a look at the clock and the caller at once: for steps that have waited.
    package func checkNow() throws(ContentError) {
        if cancellation.isCancelled { throw .cancelled }
        try look(at: steps.load(ordering: .relaxed))
    }

    /// Takes memory on behalf of the request, waiting for others to give some back.
    ///
    /// - Parameters:
    ///   - byteCount: how much more.
    ///   - share: what has it then.
    ///   - patience: how long to wait at most.
    ///   - what: the memory, for the message: a noun phrase.
    /// - Throws: `.overloaded` when it did not come in time, and as `check()`.
    package func take(
        _ byteCount: Int, in share: BudgetShare, within patience: Duration, _ what: String
    ) throws(ContentError) {
        let deadline = Deadline.after(patience).earlier(deadline)
        let isThere = share.grow(by: byteCount, deadline: deadline, for: client)
        try checkNow()
        guard isThere else { throw .overloaded(what) }
    }

    private func look(at step: UInt64) throws(ContentError) {
        if deadline.hasPassed { throw .deadlineExceeded }
        guard step < Limits.requestStepsMax else {
            throw ContentError(
                .tooMuchWork,
                "the request would take more than \(Limits.requestStepsMax) steps: ask for a part "
                    + "of the content")
        }
        let now = Instant.now
        guard now.nanoseconds >= nextLook.load(ordering: .relaxed) else { return }
        let next = now.advanced(by: Limits.callerLookInterval)
        nextLook.store(next.nanoseconds, ordering: .relaxed)
        guard isWanted() else {
            cancel()
            throw .cancelled
        }
    }
}
