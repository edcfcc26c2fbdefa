import Multiformats

/// What waiters look at: how far the log is durable, and what became of earlier epochs.
struct LogProgress {
    struct Failure {
        let epoch: Int
        /// What was durable when the epoch ended.
        let durableThrough: UInt64
        let error: BlockStoreError
    }

    private(set) var epoch = 0
    private(set) var durableThrough: UInt64
    private(set) var isClosed = false
    private(set) var generation: UInt64 = 0
    private var failures: [Failure] = []

    init(durableThrough: UInt64) { self.durableThrough = durableThrough }

    mutating func advance(durableThrough: UInt64, generation: UInt64) {
        self.durableThrough = max(self.durableThrough, durableThrough)
        see(generation)
    }

    mutating func see(_ generation: UInt64) {
        self.generation = max(self.generation, generation)
    }

    mutating func fail(_ error: BlockStoreError, generation: UInt64) {
        failures.append(Failure(epoch: epoch, durableThrough: durableThrough, error: error))
        if failures.count > Limits.failureCountMax { failures.removeFirst() }
        epoch += 1
        see(generation)
    }

    mutating func close() { isClosed = true }

    /// What became of a block: nil while it is still on its way.
    func outcome(of ticket: LogTicket) -> Result<Void, BlockStoreError>? {
        if ticket.sequence == 0 { return .success(()) }
        if ticket.epoch < epoch { return earlierOutcome(of: ticket) }
        if ticket.epoch == epoch, ticket.sequence <= durableThrough { return .success(()) }
        return isClosed ? .failure(.closed) : nil
    }

    private func earlierOutcome(of ticket: LogTicket) -> Result<Void, BlockStoreError> {
        guard let failure = failures.first(where: { $0.epoch == ticket.epoch }) else {
            return .failure(
                BlockStoreError(.readOnly, "the database was reopened several times since"))
        }
        return ticket.sequence <= failure.durableThrough ? .success(()) : .failure(failure.error)
    }
}
