import Execution

/// Memory for long heads of requests.
extension ListenerCore {
    /// Takes memory for a long head. Who holds some and neither sends nor takes anything gives way. One client
    /// on another machine gets half of it, so that there is some for the others: of its own first.
    ///
    /// - Returns: nil where those who have it all go on.
    /// - Blocking: at most `Limits.headWait`.
    func takeRoom(forHeadOf byteCount: Int, from peer: PeerAddress) -> HeadShare? {
        let own = sharesPlaces(peer) ? nil : withTable { $0.heads(of: peer, heads.limit / 2) }
        let share = HeadShare(of: heads, own)
        let deadline = Deadline.after(Limits.headWait)
        if let own, let clients = share.clients {
            // Each that waits is a thread.
            guard own.waiterCount < Limits.headWaiterCountMax else { return nil }
            guard take(byteCount, own, clients, by: deadline, from: peer) else { return nil }
        }
        return take(byteCount, heads, share.listeners, by: deadline, from: nil) ? share : nil
    }

    /// - Parameter peer: whose connections may give way; everybody's if not given.
    private func take(
        _ byteCount: Int, _ budget: ByteBudget, _ share: BudgetShare, by deadline: Deadline,
        from peer: PeerAddress?
    ) -> Bool {
        if share.grow(by: byteCount) { return true }
        // The first look finds what has moved since the connection began, and not whether it goes on.
        for _ in 0..<2 where !deadline.hasPassed {
            let missing = byteCount - (budget.limit - budget.inUse)
            let isEnough = withTable {
                $0.shutStillHeads(missing, at: Instant.now.nanoseconds, of: peer)
            }
            let next = Deadline.after(Limits.stillDuration + Limits.stallDuration)
            if share.grow(by: byteCount, deadline: isEnough ? deadline : next.earlier(deadline)) {
                return true
            }
        }
        return false
    }
}
