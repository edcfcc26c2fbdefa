import Execution

/// Memory for long heads of requests.
extension ListenerCore {
    /// Takes memory for a long head. Who holds some and neither sends nor takes anything gives way. One client
    /// on another machine gets half of it, so that there is some for the others.
    ///
    /// - Returns: nil where those who have it all go on.
    /// - Blocking: at most `Limits.headWait`.
    func takeRoom(forHeadOf byteCount: Int, from peer: PeerAddress) -> HeadShare? {
        let memory = BudgetShare(of: heads)
        let deadline = Deadline.after(Limits.headWait)
        guard takeClientsPart(byteCount, peer, by: deadline) else { return nil }
        let share = HeadShare(memory) { [weak self] in
            self?.withTable { $0.giveBackHead(byteCount, of: peer) }
        }
        if memory.grow(by: byteCount) { return share }
        // The first look finds what has moved since the connection began, and not whether it goes on.
        for _ in 0..<2 {
            let wanted = byteCount - (heads.limit - heads.inUse)
            let isEnough = withTable { $0.shutStillHeads(wanted, at: Instant.now.nanoseconds) }
            let next = Deadline.after(Limits.stillDuration + Limits.stallDuration)
            if memory.grow(by: byteCount, deadline: isEnough ? deadline : next.earlier(deadline)) {
                return share
            }
        }
        return nil
    }

    /// A client's own connections that stand still give way to it where it has its part.
    private func takeClientsPart(
        _ byteCount: Int, _ peer: PeerAddress, by deadline: Deadline
    ) -> Bool {
        let part = sharesPlaces(peer) ? heads.limit : heads.limit / 2
        func isTaken() -> Bool { withTable { $0.takeHead(byteCount, of: peer, atMost: part) } }
        if isTaken() { return true }
        for _ in 0..<2 {
            let isEnough = withTable {
                $0.shutStillHeads(byteCount, at: Instant.now.nanoseconds, of: peer)
            }
            let next = Deadline.after(Limits.stillDuration + Limits.stallDuration)
            let end = isEnough ? deadline : next.earlier(deadline)
            while !end.hasPassed {
                waitAMoment(Limits.roomPeriod)
                if isTaken() { return true }
            }
        }
        return false
    }
}
