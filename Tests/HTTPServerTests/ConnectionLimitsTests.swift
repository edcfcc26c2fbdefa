import Testing

@testable import HTTPServer

/// Who leaves when there is no room: a decision without sockets or clocks.
@Suite(.timeLimit(.minutes(40)))
struct ConnectionLimitsTests {
    private let limits = ConnectionLimits(max: 4, perClientMax: 2)
    private let now: UInt64 = 100_000_000_000

    private func peer(_ last: UInt8) -> PeerAddress { PeerAddress(internet: [192, 0, 2, last]) }

    private func holder(
        _ peer: PeerAddress, _ phase: Connection.Phase, secondsAgo: UInt64, isNew: Bool = false
    ) -> ConnectionLimits.Holder {
        .init(
            groupKey: peer.groupKey, phase: phase, isNew: isNew,
            since: now - secondsAgo * 1_000_000_000)
    }

    private func decide(
        _ newcomer: PeerAddress, _ holders: [ConnectionLimits.Holder],
        _ patience: ConnectionLimits.Patience = .long
    ) -> ConnectionLimits.Decision {
        limits.decide(newcomer, among: holders, at: now, patience: patience)
    }

    @Test func thereIsRoomBelowTheLimits() {
        #expect(decide(peer(1), []) == .room)
        let three = (2...4).map { holder(peer($0), .waiting, secondsAgo: 50) }
        #expect(decide(peer(1), three) == .room)
        #expect(!limits.mayBeFull(count: 3, clientCount: 1, for: peer(1)))
        #expect(limits.mayBeFull(count: 4, clientCount: 1, for: peer(1)))
        #expect(limits.mayBeFull(count: 3, clientCount: 2, for: peer(1)))
    }

    @Test func theOneThatHasWaitedLongestLeaves() {
        let holders = [
            holder(peer(2), .busy, secondsAgo: 90), holder(peer(3), .waiting, secondsAgo: 5),
            holder(peer(4), .waiting, secondsAgo: 7), holder(peer(5), .waiting, secondsAgo: 6),
        ]
        #expect(decide(peer(1), holders) == .instead(of: 2))
    }

    @Test func theClientWithMostConnectionsPays() {
        let holders = [
            holder(peer(2), .waiting, secondsAgo: 90), holder(peer(3), .waiting, secondsAgo: 5),
            holder(peer(3), .waiting, secondsAgo: 7), holder(peer(4), .waiting, secondsAgo: 60),
        ]
        #expect(decide(peer(1), holders) == .instead(of: 2))
    }

    @Test func whatAClientHasAtWorkDoesNotCountAgainstIt() {
        let busy = (0..<3).map { _ in holder(peer(2), .busy, secondsAgo: 1) }
        let still = holder(peer(2), .still, secondsAgo: 0)
        let fresh = holder(peer(2), .waiting, secondsAgo: 1)
        let others = (0..<2).map { _ in holder(peer(3), .waiting, secondsAgo: 1) }
        #expect(decide(peer(1), busy + [still, fresh] + others) == .instead(of: 5))
    }

    @Test func whoHasOnlyJustComeMayHaveSentSomething() {
        let fresh = (0..<3).map { _ in holder(peer(2), .waiting, secondsAgo: 0) }
        let old = holder(peer(3), .waiting, secondsAgo: 1)
        #expect(decide(peer(1), fresh + [old]) == .instead(of: 3))
        let header = holder(peer(3), .header, secondsAgo: 1)
        #expect(decide(peer(1), fresh + [header]) == .instead(of: 3))
        let begun = holder(peer(4), .header, secondsAgo: 0)
        #expect(decide(peer(1), fresh + [begun]) == .notYet)
        #expect(decide(peer(1), fresh + [begun], .exhausted) == .instead(of: 0))
        // Beside others that wait a newcomer takes no place of one that is at work.
        #expect(decide(peer(1), fresh + [begun], .short) == .notYet)
        // A first request on its way would be lost: rather the newcomer is told.
        let new = (0..<4).map { _ in holder(peer(2), .waiting, secondsAgo: 0, isNew: true) }
        #expect(decide(peer(1), new, .exhausted) == .notYet)
        #expect(decide(peer(1), [begun, begun, begun, begun], .exhausted) == .notYet)
        let later = now + 60_000_000
        #expect(
            limits.decide(peer(1), among: new, at: later, patience: .short) == .instead(of: 0))
        #expect(limits.decide(peer(1), among: new, at: later, patience: .long) == .notYet)
    }

    @Test func thoseThatDoNothingLeaveBeforeThoseThatDoLittle() {
        let still = holder(peer(2), .still, secondsAgo: 90)
        let header = holder(peer(3), .header, secondsAgo: 9)
        let busy = holder(peer(4), .busy, secondsAgo: 99)
        let waiting = holder(peer(5), .waiting, secondsAgo: 1)
        #expect(decide(peer(1), [still, header, busy, waiting]) == .instead(of: 3))
        #expect(decide(peer(1), [still, header, busy, busy]) == .instead(of: 1))
        #expect(decide(peer(1), [still, busy, busy, busy]) == .instead(of: 0))
        #expect(decide(peer(1), [busy, busy, busy, busy]) == .refused)
    }

    @Test func aBodyThatMovedAMomentAgoMayGoOn() {
        let holders = [UInt8](2...5).map { holder(peer($0), .still, secondsAgo: 0) }
        #expect(decide(peer(1), holders) == .notYet)
        #expect(decide(peer(1), holders, .exhausted) == .refused)
    }

    @Test func aClientAtItsLimitMakesRoomItself() {
        let others = [holder(peer(9), .waiting, secondsAgo: 99)]
        let own = [holder(peer(1), .waiting, secondsAgo: 1), holder(peer(1), .busy, secondsAgo: 2)]
        #expect(decide(peer(1), others + own) == .instead(of: 1))
        let busy = [holder(peer(1), .busy, secondsAgo: 1), holder(peer(1), .busy, secondsAgo: 2)]
        #expect(decide(peer(1), others + busy) == .refused)
        #expect(decide(peer(2), others + busy) == .room)
    }

    /// Else a client could have the accepting thread wait for it, time and again.
    @Test func nobodyWaitsForAClientAtItsLimit() {
        let moving = (0..<2).map { _ in holder(peer(1), .still, secondsAgo: 0) }
        #expect(decide(peer(1), moving) == .refused)
        let fresh = (0..<2).map { _ in holder(peer(1), .waiting, secondsAgo: 0) }
        #expect(decide(peer(1), fresh) == .refused)
        #expect(decide(peer(2), moving) == .room)
    }

    @Test func theOwnMachineIsNoClient() {
        for local in [
            PeerAddress(internet: [127, 0, 0, 1]), PeerAddress(onThisMachine: "unix"),
            PeerAddress(internet: [UInt8](repeating: 0, count: 15) + [1]),
        ] {
            let holders = (0..<3).map { _ in holder(local, .busy, secondsAgo: 1) }
            #expect(decide(local, holders) == .room)
            #expect(local.isLocal)
        }
    }

    @Test func addressesOfOneNetworkAreOneClient() {
        func address(_ eighth: UInt8, _ last: UInt8) -> PeerAddress {
            PeerAddress(
                internet: [0x20, 1, 0xD, 0xB8, 0, 0, 0, eighth] + [0, 0, 0, 0, 0, 0, 0, last])
        }
        #expect(address(1, 1).text == "2001:db8:0:1::1")
        #expect(address(1, 1).group == address(1, 200).group)
        #expect(address(1, 1).group != address(2, 1).group)
        #expect(peer(1).group != peer(2).group)
        let mapped = PeerAddress(
            internet: [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 192, 0, 2, 1])
        #expect(mapped == peer(1))
    }
}
