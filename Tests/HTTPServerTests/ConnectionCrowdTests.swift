import Buffers
import Execution
import HTTP
import HTTPServer
import Synchronization
import TestSupport
import Testing

/// Very many connections that do nothing, beside some that do.
@Suite(.timeLimit(.minutes(40)), .serialized)
struct ConnectionCrowdTests {
    private static let hello: Handler = { _ in .respond(.text(.ok, "hello")) }
    private static let helloOrUpload: Handler = { request in
        request.path == "/up" ? .receive(CountingReceiver()) : .respond(.text(.ok, "hello"))
    }
    private let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    private func options(_ count: Int) -> ListenerOptions {
        var options = ListenerOptions.testing()
        options.connectionsMax = count
        return options
    }

    @Test func idleConnectionsGiveWayToThoseThatAskForSomething() throws {
        let listener = try Listener(options(200), handler: Self.hello)
        defer { listener.stop() }
        let port = try #require(listener.port)
        let busy = (0..<32).map { _ in RawClient(port: port) }
        var idle: [RawClient] = []
        var newcomers: [RawClient] = []
        for round in 0..<15 {
            idle += (0..<100).map { _ in RawClient(port: port) }
            // Somebody new is served, behind all who came before.
            newcomers.append(RawClient(port: port))
            for client in newcomers.suffix(1) + busy {
                client.send(get)
                #expect(client.read(until: "hello").hasSuffix("hello"), "round \(round)")
            }
        }
        // All were accepted, and those that had waited the longest were told to go.
        #expect(listener.statistics.acceptedConnections == 32 + 1_500 + 15)
        #expect(listener.statistics.evictedConnections == 32 + 1_500 + 15 - 200)
        for client in idle.prefix(1_000) {
            #expect(client.readToEnd().hasPrefix("HTTP/1.1 503 "))
        }
        let last = try #require(idle.last)
        last.send(get)
        #expect(last.read(until: "hello").hasSuffix("hello"))
    }

    @Test(arguments: [
        "POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n",
        "POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\nhalf",
        "POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\nhalf",
        "POST /up HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n99\r\nhalf",
        "GET /large HTTP/1.1\r\nHost: a\r\n\r\n",
    ])
    func whoDoesNotGoOnGivesWayToo(request: String) throws {
        let large = Bytes([UInt8](repeating: 1, count: 32 << 20))
        let listener = try Listener(options(20)) { request in
            switch request.path {
            case "/up": .receive(CountingReceiver())
            case "/large": .respond(Response(.ok, body: .bytes(large)))
            default: .respond(.text(.ok, "hello"))
            }
        }
        defer { listener.stop() }
        let port = try #require(listener.port)
        let stalled = (0..<20).map { _ in
            let client = RawClient(port: port)
            client.send(request)
            return client
        }
        let deadline = Deadline.after(.seconds(20))
        var isServed = false
        while !isServed, !deadline.hasPassed {
            let client = RawClient(port: port)
            client.send(get)
            isServed = client.read(until: "hello").hasSuffix("hello")
        }
        #expect(isServed)
        #expect(listener.statistics.evictedConnections >= 1)
        withExtendedLifetime(stalled) {}
    }

    /// A byte now and then keeps a connection its place neither where the next one is waited for, nor
    /// where the listener gathers them.
    @Test(arguments: ["Content-Length: 9999999", "Transfer-Encoding: chunked"])
    func whoDripsGivesWay(framing: String) throws {
        let listener = try Listener(options(20), handler: Self.helloOrUpload)
        defer { listener.stop() }
        let port = try #require(listener.port)
        let dripping = (0..<20).map { _ in
            let client = RawClient(port: port)
            client.send("POST /up HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n")
            return client
        }
        let byte = framing.hasPrefix("C") ? "x" : "1\r\nx\r\n"
        let deadline = soon()
        var isServed = false
        while !isServed, !deadline.hasPassed {
            for _ in 0..<10 {
                for client in dripping { client.send(byte) }
                pause(for: .milliseconds(5))
            }
            let client = RawClient(port: port)
            client.send(get)
            isServed = client.read(until: "hello").hasSuffix("hello")
        }
        #expect(isServed)
    }

    /// A newcomer is not turned away while somebody may leave for it in a moment. On a machine that is busy
    /// with other tests they may take longer than it may wait; the next one then finds them still.
    @Test func aNewcomerWaitsForThoseWhoHaveJustStopped() throws {
        let listener = try Listener(options(20), handler: Self.helloOrUpload)
        defer { listener.stop() }
        let port = try #require(listener.port)
        let stalled = (0..<20).map { _ in
            let client = RawClient(port: port)
            client.send("POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n")
            return client
        }
        let isServed = (0..<2).contains { _ in
            let client = RawClient(port: port)
            client.send(get)
            return client.read(until: "hello").hasSuffix("hello")
        }
        #expect(isServed)
        withExtendedLifetime(stalled) {}
    }

    @Test func whoIsWorkedForDoesNotGiveWay() throws {
        let mayEnd = Monitor(false)
        let startedCount = Monitor(0)
        let listener = try Listener(options(3)) { _ in
            startedCount.notify { $0 += 1 }
            _ = mayEnd.wait(by: .after(.seconds(20))) { $0 ? true : nil }
            return .respond(.text(.ok, "hello"))
        }
        defer { listener.stop() }
        let port = try #require(listener.port)
        let busy = (0..<3).map { _ in RawClient(port: port) }
        for client in busy { client.send(get) }
        #expect(startedCount.wait(by: .after(.seconds(20))) { $0 == 3 ? true : nil } == true)
        #expect(RawClient(port: port).exchange(get).hasPrefix("HTTP/1.1 503 "))
        mayEnd.notify { $0 = true }
        for client in busy { #expect(client.read(until: "hello").hasSuffix("hello")) }
    }
}
