import Synchronization

/// Bounds how many requests are answered at once.
final class RequestSlots: Sendable {
    private let taken = Atomic<Int>(0)
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// A slot, or nil when all are taken. It is free again when the last reference to it has gone:
    /// a streaming body holds one until it ends.
    func take() -> RequestSlot? {
        guard taken.add(1, ordering: .relaxed).newValue <= limit else {
            taken.subtract(1, ordering: .relaxed)
            return nil
        }
        return RequestSlot(of: self)
    }

    fileprivate func giveBack() { taken.subtract(1, ordering: .relaxed) }
}

/// The right of one request to run.
final class RequestSlot: Sendable {
    private let slots: RequestSlots

    fileprivate init(of slots: RequestSlots) { self.slots = slots }

    deinit { slots.giveBack() }
}
