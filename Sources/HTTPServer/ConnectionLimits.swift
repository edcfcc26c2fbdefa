import Execution

/// Decides who has to leave when a connection comes and there is no room for it.
///
/// A client that opens thousands of connections and lets them lie must not lock others out, so those
/// give way that nobody would miss: the ones that wait for a request first, then those whose request
/// has not arrived, then those that have not moved a byte for a while. Among these the client with
/// the most connections pays, and of its connections the one that has lain still for longest. A
/// connection that is being worked for never gives way.
struct ConnectionLimits {
    /// Connections at once.
    let max: Int

    /// Connections at once of one client on another machine.
    let perClientMax: Int

    /// What is looked at of one connection.
    struct Holder {
        let peer: PeerAddress
        let phase: Connection.Phase
        /// When the phase was entered; nanoseconds of `Instant`.
        let since: UInt64
    }

    /// What happens to the connection that has come.
    enum Decision: Equatable {
        /// It may stay.
        case room
        /// It may stay when the holder at this place leaves.
        case instead(of: Int)
        /// It has to go itself.
        case refused
    }

    /// Whether there may be no room, so that `decide` has to be asked.
    ///
    /// - Parameters:
    ///   - count: connections without the newcomer.
    ///   - clientCount: those of them that belong to the newcomer's client.
    func mayBeFull(count: Int, clientCount: Int, for peer: PeerAddress) -> Bool {
        count >= max || (!peer.isLocal && clientCount >= perClientMax)
    }

    /// Decides about a newcomer.
    ///
    /// - Parameters:
    ///   - holders: all other connections that have not been told to leave.
    ///   - now: nanoseconds of `Instant`.
    /// - Complexity: linear in the holders; asked for only when there is no room.
    func decide(_ newcomer: PeerAddress, among holders: [Holder], at now: UInt64) -> Decision {
        var counts: [String: Int] = [:]
        for holder in holders { counts[holder.peer.group, default: 0] += 1 }
        let own = counts[newcomer.group] ?? 0
        if !newcomer.isLocal, own >= perClientMax {
            return leaver(among: holders, counts, at: now) { $0.peer.group == newcomer.group }
        }
        guard holders.count >= max else { return .room }
        return leaver(among: holders, counts, at: now) { _ in true }
    }

    private func leaver(
        among holders: [Holder], _ counts: [String: Int], at now: UInt64,
        where isCandidate: (Holder) -> Bool
    ) -> Decision {
        var best: (index: Int, order: (Int, Int, UInt64))?
        for (index, holder) in holders.enumerated() where isCandidate(holder) {
            guard let rank = rank(of: holder, at: now) else { continue }
            let order = (rank, counts[holder.peer.group] ?? 0, now &- min(now, holder.since))
            if let known = best, known.order >= order { continue }
            best = (index, order)
        }
        return best.map { .instead(of: $0.index) } ?? .refused
    }

    /// How readily a connection gives way; nil for never.
    private func rank(of holder: Holder, at now: UInt64) -> Int? {
        switch holder.phase {
        case .waiting: 2
        case .header: 1
        case .still:
            now &- min(now, holder.since) >= Limits.stillDuration.wholeNanoseconds ? 0 : nil
        case .busy: nil
        }
    }
}
