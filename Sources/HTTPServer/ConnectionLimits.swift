import Execution

/// Decides who has to leave when a connection comes and there is no room for it.
///
/// A client that opens thousands of connections and lets them lie must not lock others out, so those
/// give way that nobody would miss: the ones that have waited for a request for a moment first, then
/// those whose request has begun and not arrived, then those whose client has not taken or sent a byte
/// of a body for a while. Of these the client with the most such connections pays, and of its
/// connections the one that has lain still for longest.
///
/// One that has only just come may have its request on the way, and one whose body has only just stopped
/// may go on with it: they have a moment for that, and the newcomer waits rather. While a handler works,
/// or bytes move, a connection does not give way; nor does it count against its client, who would
/// otherwise lose the next request for having some at work.
struct ConnectionLimits {
    /// Connections at once.
    let max: Int

    /// Connections at once of one client on another machine.
    let perClientMax: Int

    /// What is looked at of one connection. Nothing in it is counted by reference: where thousands come at
    /// once, each of them has a thousand looked at.
    struct Holder {
        /// `PeerAddress.groupKey`.
        let groupKey: Int
        var phase: Connection.Phase
        /// Whether no request has come on it yet.
        let isNew: Bool
        /// When the phase was entered; nanoseconds of `Instant`.
        let since: UInt64
    }

    /// How long a newcomer can still wait, and with it how much time the others have to go on.
    enum Patience {
        /// For long.
        case long
        /// For a moment, since another one has waited before it.
        case short
        /// It has waited for long, and in vain.
        case exhausted
    }

    /// What happens to the connection that has come.
    enum Decision: Equatable {
        /// It may stay.
        case room
        /// It may stay when the holder at this place leaves.
        case instead(of: Int)
        /// It has to go itself.
        case refused
        /// All that could leave have only just come: ask again soon.
        case notYet
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
    ///   - patience: of the newcomer.
    /// - Complexity: linear in the holders; asked for only when there is no room.
    func decide(
        _ newcomer: PeerAddress, among holders: [Holder], at now: UInt64, patience: Patience
    ) -> Decision {
        let grace = Grace(patience)
        let ranks = holders.map { grace.rank(of: $0, at: now) }
        if !newcomer.isLocal {
            let own = holders.count { $0.groupKey == newcomer.groupKey }
            if own >= perClientMax {
                let decision = leaver(among: holders, ranks, at: now) {
                    $0.groupKey == newcomer.groupKey
                }
                // Nobody is made to wait for a client that has enough.
                return decision == .notYet ? .refused : decision
            }
        }
        guard holders.count >= max else { return .room }
        return leaver(among: holders, ranks, at: now) { _ in true }
    }

    private func leaver(
        among holders: [Holder], _ ranks: [Rank], at now: UInt64,
        where isCandidate: (Holder) -> Bool
    ) -> Decision {
        var counts: [Int: Int] = [:]
        for index in holders.indices where ranks[index].mayLeave {
            counts[holders[index].groupKey, default: 0] += 1
        }
        var best: (index: Int, order: (Int, Int, UInt64))?
        var isFresh = false
        for index in holders.indices where isCandidate(holders[index]) {
            isFresh = isFresh || ranks[index] == .fresh
            guard ranks[index].mayLeave else { continue }
            let order = (
                ranks[index].rawValue, counts[holders[index].groupKey] ?? 0,
                holders[index].age(at: now)
            )
            if let known = best, known.order >= order { continue }
            best = (index, order)
        }
        if let best { return .instead(of: best.index) }
        return isFresh ? .notYet : .refused
    }

    /// How readily a connection gives way.
    private enum Rank: Int {
        case never, fresh, still, begun, waiting

        var mayLeave: Bool { self != .never && self != .fresh }
    }

    /// How much time the holders have to go on, in nanoseconds, where a newcomer has some patience.
    private struct Grace {
        private let isExhausted: Bool
        /// Until a first request comes, and until one does behind an answer. Who has only just connected, or
        /// got an answer, may have sent a request already. Of these only who has had an answer knows that
        /// a connection can end, and asks again.
        private let (first, later): (UInt64, UInt64)
        private let arrival = Limits.arrivalDuration.wholeNanoseconds
        private let still = Limits.stillDuration.wholeNanoseconds

        init(_ patience: Patience) {
            isExhausted = patience == .exhausted
            let short = Limits.firstRequestDuration.wholeNanoseconds
            (first, later) =
                switch patience {
                case .long: (arrival, arrival)
                case .short: (short, arrival)
                case .exhausted: (short, 0)
                }
        }

        func rank(of holder: Holder, at now: UInt64) -> Rank {
            let age = holder.age(at: now)
            let grace = holder.phase == .waiting && !holder.isNew ? later : first
            return switch holder.phase {
            case .waiting where age < grace: .fresh
            case .waiting: age < arrival ? .begun : .waiting
            case .header: age < grace ? .fresh : .begun
            case .owing, .still: age >= still ? .still : isExhausted ? .never : .fresh
            case .busy, .leaving: .never
            }
        }
    }
}

extension ConnectionLimits.Holder {
    init(_ peer: PeerAddress, _ look: Connection.Look) {
        self.init(
            groupKey: peer.groupKey, phase: look.phase, isNew: look.isNew, since: look.since)
    }

    /// Nanoseconds since its phase was entered.
    fileprivate func age(at now: UInt64) -> UInt64 { now &- min(now, since) }
}
