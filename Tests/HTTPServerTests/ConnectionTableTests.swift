import CMicroHTTPD
import Execution
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import HTTPServer

/// Who is shut for a newcomer: what is decided from one look may be out of date, and what a client has
/// sent may not have been read.
@Suite(.timeLimit(.minutes(40)))
struct ConnectionTableTests {
    private let now = Instant.now.nanoseconds
    private let limits = ConnectionLimits(max: 3, perClientMax: 9)

    /// A connection over a pair of sockets, with the client's end.
    private final class Pair {
        let connection: Connection
        let client: RawClient

        init(_ phase: Connection.Phase, since: UInt64) {
            var ends: [Int32] = [-1, -1]
            unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
            connection = Connection(
                socket: ends[0], peer: PeerAddress(internet: [192, 0, 2, 1]))
            client = RawClient(socket: ends[1])
            connection.enter(phase, at: since, until: .max)
        }

        deinit { close(connection.socket) }

        var isShut: Bool { connection.wasShut }
    }

    private func pair(_ phase: Connection.Phase, secondsAgo: UInt64) -> Pair {
        Pair(phase, since: now - secondsAgo * 1_000_000_000)
    }

    private func table(_ pairs: [Pair]) -> ConnectionTable {
        var table = ConnectionTable()
        for pair in pairs {
            let hasLeft = add(pair, to: &table)
            #expect(hasLeft == false)
        }
        return table
    }

    /// - Returns: whether one had to leave; nil where the newcomer has to wait.
    private func add(
        _ pair: Pair, to table: inout ConnectionTable,
        patience: ConnectionLimits.Patience = .long
    ) -> Bool? {
        let arrival = table.add(
            pair.connection, within: limits, at: now, patience: patience,
            mayWait: patience == .long)
        guard case .added(let hasLeft) = arrival else { return nil }
        return hasLeft
    }

    /// Else one that has just begun a request could be shut as one that waits.
    @Test func aLookShowsOneMoment() {
        let pair = Pair(.waiting, since: 0)
        let connection = pair.connection
        #expect(connection.look.isNew)
        let hasEnded = Atomic(false)
        let thread = Thread(name: "connection") {
            var time: UInt64 = 0
            while !hasEnded.load(ordering: .relaxed) {
                connection.enter(.header, at: time + 1, until: .max)
                time += 2
                connection.enter(.waiting, at: time, until: .max)
            }
        }
        var (changeCount, mixedCount) = (0, 0)
        var last: UInt64 = 0
        let deadline = soon()
        while changeCount < 20_000, !deadline.hasPassed {
            let look = connection.look
            if look.since != last { changeCount += 1 }
            last = look.since
            if (look.phase == .waiting) != look.since.isMultiple(of: 2) { mixedCount += 1 }
            if look.isNew != (look.since == 0) { mixedCount += 1 }
        }
        hasEnded.store(true, ordering: .relaxed)
        thread.join()
        #expect(changeCount == 20_000)
        #expect(mixedCount == 0)
    }

    @Test func aConnectionGivesWayOnlyInTheMomentThatWasSeen() {
        let pair = pair(.waiting, secondsAgo: 9)
        let look = pair.connection.look
        pair.connection.enter(.header, at: now - 2, until: .max)
        #expect(!pair.connection.giveWay(look))
        pair.connection.enter(.waiting, at: now - 1, until: .max)
        #expect(!pair.connection.giveWay(look))
        #expect(!pair.isShut)
        #expect(pair.connection.giveWay(pair.connection.look))
        #expect(pair.isShut && pair.connection.phase == .leaving)
    }

    @Test func whoHasOnlyJustComeHasAMomentForItsRequest() {
        let pairs = (0..<3).map { _ in pair(.waiting, secondsAgo: 0) }
        var table = table(pairs)
        let newcomer = pair(.waiting, secondsAgo: 0)
        let first = add(newcomer, to: &table)
        #expect(first == nil)
        #expect(pairs.map(\.isShut) == [false, false, false] && !newcomer.isShut)
        let last = add(newcomer, to: &table, patience: .exhausted)
        #expect(last == true)
        #expect(pairs.map(\.isShut) == [false, false, false])
        #expect(newcomer.client.readToEnd().hasPrefix("HTTP/1.1 503 "))
        // Who has had an answer may lose the connection.
        pairs[1].connection.enter(.header, at: now, until: .max)
        pairs[1].connection.enter(.waiting, at: now, until: .max)
        let other = pair(.waiting, secondsAgo: 0)
        let hasLeft = add(other, to: &table, patience: .exhausted)
        #expect(hasLeft == true)
        #expect(pairs.map(\.isShut) == [false, true, false] && !other.isShut)
    }

    /// Nobody is shut for a newcomer who gets no room by that.
    @Test func headsAreGivenBackOnlyWhereThatIsEnough() {
        let pairs = (0..<3).map { pair(.still, secondsAgo: 9 - $0) }
        let table = table(pairs)
        for pair in pairs { pair.connection.headByteCount.store(100, ordering: .relaxed) }
        pairs[1].connection.enter(.busy, at: now, until: .max)
        #expect(!table.shutStillHeads(250, at: now))
        #expect(pairs.map(\.isShut) == [false, false, false])
        #expect(table.shutStillHeads(150, at: now))
        #expect(pairs.map(\.isShut) == [true, false, true])
    }

    @Test func nobodyWaitsForThoseThatHaveLeft() {
        let pairs = (0..<3).map { _ in pair(.waiting, secondsAgo: 0) }
        var table = table(pairs)
        let gone = pair(.waiting, secondsAgo: 0)
        gone.client.finishSending()
        let first = add(gone, to: &table)
        #expect(first == true)
        #expect(pairs.map(\.isShut) == [false, false, false] && gone.isShut)
        pairs[1].client.finishSending()
        let newcomer = pair(.waiting, secondsAgo: 0)
        let second = add(newcomer, to: &table)
        #expect(second == true)
        #expect(pairs.map(\.isShut) == [false, true, false] && !newcomer.isShut)
    }

    /// A request that has begun is not left without a word: its client could not know whether to ask
    /// again. Where an answer may have begun, or nothing was asked, a word would be out of place.
    @Test(arguments: [
        (Connection.Phase.header, true), (.owing, true), (.still, false), (.busy, false),
    ])
    func whoseRequestHasBegunIsToldToComeAgain(phase: Connection.Phase, isTold: Bool) {
        let pair = pair(phase, secondsAgo: 9)
        #expect(pair.connection.giveWay(pair.connection.look))
        #expect(pair.client.readToEnd().hasPrefix("HTTP/1.1 503 ") == isTold)
        #expect(pair.connection.lastWords.load(ordering: .relaxed) == (isTold ? 503 : 0))
        // What its thread has read in the meantime is not acted on.
        #expect(!pair.connection.enter(.busy, at: now, until: .max))
    }

    @Test func onlyTheFirstRequestOfAConnectionIsExpected() {
        let new = pair(.waiting, secondsAgo: 9)
        #expect(new.connection.giveWay(new.connection.look))
        #expect(new.client.readToEnd().hasPrefix("HTTP/1.1 503 "))
        let used = pair(.header, secondsAgo: 9)
        used.connection.enter(.waiting, at: now, until: .max)
        #expect(used.connection.giveWay(used.connection.look))
        #expect(used.client.readToEnd().isEmpty)
    }

    /// The system sends what this program has handed to it, however long the socket has no room for
    /// more: a client that takes it is not cut off.
    @Test func whoseBytesMoveStays() throws {
        let server = try ListeningSocket.open(.tcp(host: "127.0.0.1", port: 0))
        defer { close(server) }
        let client = RawClient(port: try #require(ListeningSocket.port(of: server)))
        let socket = accept(server, nil, nil)
        defer { close(socket) }
        let reader = Connection(socket: socket, peer: PeerAddress(internet: [192, 0, 2, 1]))
        reader.enter(.still, at: now - 2_000_000_000, until: .max)
        var table = ConnectionTable()
        let one = ConnectionLimits(max: 1, perClientMax: 9)
        _ = table.add(reader, within: one, at: now, patience: .exhausted, mayWait: false)
        #expect(unsafe send(socket, [UInt8](repeating: 1, count: 8_192), 8_192, 0) == 8_192)
        let deadline = soon()
        while holdfast_tcp_moved(socket) < 8_192, !deadline.hasPassed {
            pause(for: .milliseconds(1))
        }
        let first = pair(.waiting, secondsAgo: 0)
        let early = table.add(
            first.connection, within: one, at: now, patience: .long, mayWait: true)
        if case .added = early {
            Issue.record("somebody left although bytes had moved")
        }
        // Nothing has moved in the second since.
        let later = now + 1_000_000_000
        _ = table.add(
            first.connection, within: one, at: later, patience: .long, mayWait: true)
        #expect(!first.isShut)
        #expect(client.readSome(upTo: 8_192).count == 8_192)
        #expect(client.readSome().isEmpty)
    }

    @Test func aRequestThatHasComeIsRead() {
        let pairs = [9, 8, 7].map { pair(.waiting, secondsAgo: $0) }
        var table = table(pairs)
        pairs[0].client.send("GET")
        let newcomer = pair(.waiting, secondsAgo: 0)
        let hasLeft = add(newcomer, to: &table)
        #expect(hasLeft == true)
        #expect(pairs.map(\.isShut) == [false, true, false])
        #expect(!newcomer.isShut)
        #expect(table.leavingCount == 1)
        table.remove(pairs[1].connection)
        #expect(table.leavingCount == 0)
    }

    @Test func whoHasOnlyClosedItsEndHasSentNothing() {
        let pairs = [9, 8, 7].map { pair(.waiting, secondsAgo: $0) }
        var table = table(pairs)
        pairs[0].client.finishSending()
        let hasLeft = add(pair(.waiting, secondsAgo: 0), to: &table)
        #expect(hasLeft == true)
        #expect(pairs.map(\.isShut) == [true, false, false])
    }

    @Test func whereAllHaveSentSomethingTheOldestLeaves() {
        let pairs = [8, 9, 7].map { pair(.waiting, secondsAgo: $0) }
        var table = table(pairs)
        for pair in pairs { pair.client.send("GET") }
        let newcomer = pair(.waiting, secondsAgo: 0)
        let hasLeft = add(newcomer, to: &table)
        #expect(hasLeft == true)
        #expect(pairs.map(\.connection.phase) == [.waiting, .leaving, .waiting])
    }

    @Test func whereAllAreAtWorkTheNewcomerLeaves() {
        let pairs = (0..<3).map { _ in pair(.busy, secondsAgo: 9) }
        var table = table(pairs)
        let newcomer = pair(.waiting, secondsAgo: 0)
        let hasLeft = add(newcomer, to: &table)
        #expect(hasLeft == true)
        #expect(pairs.map(\.isShut) == [false, false, false])
        #expect(newcomer.client.readToEnd().hasPrefix("HTTP/1.1 503 "))
    }

    @Test func whoHasGoneOnSinceItWasLookedAtStays() {
        let pair = pair(.waiting, secondsAgo: 9)
        let look = pair.connection.look
        pair.connection.enter(.header, at: now, until: .max)
        #expect(!pair.connection.giveWay(look))
        // The same phase again is another wait.
        pair.connection.enter(.waiting, at: now, until: .max)
        #expect(!pair.connection.giveWay(look))
        #expect(!pair.isShut)
        #expect(pair.connection.giveWay(pair.connection.look))
        #expect(pair.isShut)
    }

    /// Else a byte every half second would keep a place for ever.
    @Test func aByteNowAndThenIsNoMovement() {
        let second: UInt64 = 1_000_000_000
        let pair = pair(.busy, secondsAgo: 9)
        for half in 0..<4 {
            let start = now + UInt64(half) * second / 2
            pair.connection.enter(.still, at: start, until: .max)
            pair.connection.enter(.busy, at: start + second / 2, until: .max)
            pair.connection.countMoved(1)
        }
        let later = now + 100 * second
        pair.connection.enter(.still, at: later, until: .max)
        #expect(later - pair.connection.look.since == 2 * second)
        pair.connection.enter(.busy, at: later + second, until: .max)
        pair.connection.countMoved(Limits.movedByteCountMin)
        pair.connection.enter(.still, at: later + second, until: .max)
        #expect(pair.connection.look.since == later + second)
    }

    @Test func aDrainWaitsForRequestsThatHaveCome() {
        let pairs = [
            pair(.waiting, secondsAgo: 9), pair(.waiting, secondsAgo: 9),
            pair(.busy, secondsAgo: 9),
        ]
        let table = table(pairs)
        pairs[0].client.send("GET")
        #expect(table.shutWaiting() == 1)
        #expect(pairs.map(\.isShut) == [false, true, false])
        pairs[0].connection.enter(.header, at: now, until: .max)
        #expect(table.shutWaiting() == 1)
        pairs[0].connection.enter(.busy, at: now, until: .max)
        #expect(table.shutWaiting() == 0)
    }
}
