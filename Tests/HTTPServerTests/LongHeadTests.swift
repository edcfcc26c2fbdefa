import Buffers
import Execution
import HTTP
import TestSupport
import Testing

@testable import HTTPServer

/// Heads that are long, and still within their limits, are answered; others are refused in a way that
/// the client can read.
@Suite(.timeLimit(.minutes(40)))
struct LongHeadTests {
    private func options(_ targetByteCountMax: Int = 16_384) -> ListenerOptions {
        var options = ListenerOptions.testing()
        options.targetByteCountMax = targetByteCountMax
        return options
    }

    private func status(_ answer: String) -> String { String(answer.dropFirst(9).prefix(3)) }

    @Test(arguments: [
        (16_384, 100, "200"), (16_385, 100, "414"), (16_384, 15_000, "200"), (100, 16_000, "200"),
        (100, 17_000, "431"), (16_384, 17_000, "431"), (20_000, 100, "414"),
    ])
    func targetAndFieldsHaveLimitsOfTheirOwn(
        targetByteCount: Int, fieldByteCount: Int, wanted: String
    ) throws {
        let listener = try Listener(options()) { request in
            .respond(.text(.ok, "\(request.requestTarget.raw.utf8.count)"))
        }
        defer { listener.stop() }
        let target = "/" + String(repeating: "a", count: targetByteCount - 1)
        let field = "X: " + String(repeating: "b", count: fieldByteCount)
        let client = RawClient(port: try #require(listener.port))
        let request = "GET \(target) HTTP/1.1\r\nHost: a\r\n\(field)\r\n"
        // Twice on one connection: the memory for the head is used again.
        if wanted == "200" { client.send(request + "\r\n") }
        let answer = client.exchange(request + "Connection: close\r\n\r\n")
        #expect(status(answer) == wanted, "\(answer.prefix(200))")
        guard wanted == "200" else { return }
        #expect(answer.split(separator: "HTTP/1.1 200 ").count == 2)
        #expect(answer.hasSuffix("\r\n\r\n\(targetByteCount)"))
    }

    @Test(arguments: [12_000, 15_000])
    func cookiesMayBeAsLongAsOtherFields(byteCount: Int) throws {
        let listener = try Listener(options()) { request in
            .respond(.text(.ok, "\(request.fields["Cookie"] ?? "none")"))
        }
        defer { listener.stop() }
        let cookies = String(repeating: "a=b; ", count: byteCount / 5) + "c=d"
        let answer = RawClient(port: try #require(listener.port)).exchange(
            "GET / HTTP/1.1\r\nHost: a\r\nCookie: \(cookies)\r\nConnection: close\r\n\r\n")
        #expect(status(answer) == "200", "\(answer.prefix(200))")
        #expect(answer.hasSuffix("\r\n\r\n\(cookies)"))
    }

    @Test func aQueryMayHaveVeryManyArguments() throws {
        let listener = try Listener(options()) { request in
            .respond(.text(.ok, "\(request.path) \(request.query ?? "none")"))
        }
        defer { listener.stop() }
        let query = String(repeating: "a&", count: 8_000)
        let answer = RawClient(port: try #require(listener.port)).exchange(
            "GET /x?\(query) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(status(answer) == "200", "\(answer.prefix(200))")
        #expect(answer.hasSuffix("/x \(query)"))
    }

    @Test func noFieldsButTheClientsAreSeen() throws {
        let listener = try Listener(options()) { request in
            .respond(.text(.ok, "\(request.fields.map(\.name)) \(request.query ?? "none")"))
        }
        defer { listener.stop() }
        for target in ["/", "/?", "/?a"] {
            let answer = RawClient(port: try #require(listener.port)).exchange(
                "GET \(target) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let query = target == "/" ? "none" : String(target.dropFirst(2))
            #expect(answer.hasSuffix("[\"Host\", \"Connection\"] \(query)"), "\(answer)")
        }
    }

    /// Clients that take nothing of their answers keep their heads; those of usual length are never too many.
    @Test func longHeadsHaveOneBudget() throws {
        let mayAnswer = Monitor(false)
        let listener = try Listener(ListenerOptions(name: "own", address: .inProcess)) { _ in
            _ = mayAnswer.wait(by: soon()) { $0 ? true : nil }
            return .respond(.text(.ok, "answered"))
        }
        defer { listener.stop() }
        func inUse() -> Int { listener.figure("head_bytes") ?? -1 }
        func client(_ byteCount: Int) throws -> RawClient {
            let client = try RawClient(socket: listener.connect())
            let field = "X: " + String(repeating: "x", count: byteCount)
            client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(field)\r\n\r\n")
            return client
        }
        var clients: [RawClient] = []
        var deadline = soon()
        // What one takes is known when it is there.
        var share = 15_000 * Limits.headCopyCount
        while inUse() + share <= Limits.headByteCountMax, !deadline.hasPassed {
            let before = inUse()
            clients.append(try client(15_000))
            while inUse() == before, !deadline.hasPassed { pause(for: .milliseconds(1)) }
            share = inUse() - before
        }
        let room = Limits.headByteCountMax / share
        #expect(clients.count == room)
        let refused = try client(15_000).readToEnd()
        #expect(status(refused) == "503", "\(refused)")
        #expect(refused.contains("Retry-After: 1\r\n") && refused.contains("Connection: close\r\n"))
        let short = try client(1_000)
        mayAnswer.notify { $0 = true }
        #expect(status(short.readToEnd()) == "200")
        #expect(clients.allSatisfy { status($0.readToEnd()) == "200" })
        deadline = soon()
        while inUse() != 0, !deadline.hasPassed { pause(for: .milliseconds(1)) }
        #expect(inUse() == 0)
    }

    /// Those that have no long head any more are forgotten.
    @Test func clientsAreRememberedForAsLongAsTheyHaveHeads() {
        var table = ConnectionTable()
        let kept = table.heads(of: PeerAddress(internet: [10, 0, 0, 1]), 100)
        #expect(kept.tryAcquire(60))
        for number in 0..<UInt8(255) {
            _ = table.heads(of: PeerAddress(internet: [10, 0, 1, number]), 100)
        }
        _ = table.heads(of: PeerAddress(internet: [10, 0, 2, 1]), 100)
        #expect(table.heads(of: PeerAddress(internet: [10, 0, 0, 1]), 100) === kept)
        kept.release(60)
    }

    /// A proxy speaks for many.
    @Test func aProxyHasAllOfIt() throws {
        var options = options()
        let (near, far) = (
            PeerAddress(internet: [127, 0, 0, 1]), PeerAddress(internet: [10, 0, 0, 1])
        )
        for (perClientMax, isShared) in [(256, false), (options.connectionsMax, true)] {
            options.connectionsPerClientMax = perClientMax
            let core = ListenerCore(options) { _ in .respond(.text(.ok, "")) }
            #expect(core.sharesPlaces(near))
            #expect(core.sharesPlaces(far) == isShared)
        }
    }

    /// However busily one client asks, there is memory for the heads of others.
    @Test func oneClientHasHalfOfTheMemoryForHeads() {
        var options = options()
        options.connectionsPerClientMax = 256
        let core = ListenerCore(options) { _ in .respond(.text(.ok, "")) }
        let (one, other) = (
            PeerAddress(internet: [10, 0, 0, 1]), PeerAddress(internet: [10, 0, 0, 2])
        )
        let half = Limits.headByteCountMax / 2
        var share = core.takeRoom(forHeadOf: half, from: one)
        #expect(share != nil && core.takeRoom(forHeadOf: 1, from: one) == nil)
        #expect(core.takeRoom(forHeadOf: half, from: other) != nil)
        share = nil
        #expect(core.takeRoom(forHeadOf: half, from: one) != nil)
        #expect(core.heads.inUse == 0)
    }

    /// Who keeps a long head and takes nothing of the answer gives way to who comes.
    @Test func longHeadsOfStillClientsGiveWay() throws {
        let pieces = [Bytes](repeating: Bytes([UInt8](repeating: 7, count: 64 << 10)), count: 16)
        let listener = try Listener(ListenerOptions(name: "own", address: .inProcess)) { request in
            request.path == "/short"
                ? .respond(.text(.ok, "answered"))
                : .respond(Response(.ok, body: .source(PieceSource(pieces), length: 1 << 20)))
        }
        defer { listener.stop() }
        func client(_ path: String) throws -> RawClient {
            let client = try RawClient(socket: listener.connect())
            let field = "X: " + String(repeating: "x", count: 15_000)
            client.send("GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(field)\r\n\r\n")
            return client
        }
        let room = Limits.headByteCountMax / (15_000 * Limits.headCopyCount)
        let still = try (0..<room + 5).map { _ in try client("/long") }
        // The first ones have stood still for more than a second by then, which only a second look can tell
        // from having taken what stands in their sockets' buffers.
        pause(for: .milliseconds(2_500))
        for _ in 0..<20 {
            let answer = try client("/short").readToEnd()
            #expect(status(answer) == "200", "\(answer)")
        }
        #expect(listener.statistics.brokenExchanges >= 1)
        #expect(listener.statistics.openConnections >= room / 2)
        withExtendedLifetime(still) {}
    }

    /// A reset would overtake the answer if anything were left unread.
    @Test func whatLibmicrohttpdRefusesIsReadToo() throws {
        let listener = try Listener(options()) { _ in .respond(.text(.ok, "answered")) }
        defer { listener.stop() }
        let fields = String(repeating: "a: b\r\n", count: 100_000)
        for _ in 0..<20 {
            let client = RawClient(port: try #require(listener.port))
            client.send("GET / HTTP/1.1\r\nHost: a\r\n" + fields)
            client.finishSending()
            #expect(status(client.readToEnd()) == "431")
        }
    }
}
