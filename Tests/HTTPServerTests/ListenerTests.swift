import Buffers
import Execution
import Glibc
import HTTP
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import HTTPServer

/// Addresses, time limits, and the end of a listener.
@Suite(.timeLimit(.minutes(40)))
struct ListenerTests {
    private static let hello: Handler = { _ in .respond(.text(.ok, "hello")) }
    private let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    private let getAndClose = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    @Test func requestsInARowAreAnsweredInOrderOnOneConnection() throws {
        let listener = try Listener(.testing()) { .respond(.text(.ok, "<\($0.path)>")) }
        defer { listener.stop() }
        let client = try RawClient(port: #require(listener.port))
        client.send(
            "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n"
                + "GET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        let answers = client.readToEnd()
        let order = answers.split(separator: "<").dropFirst().map { $0.prefix { $0 != ">" } }
        #expect(order == ["/1", "/2", "/3"])
        listener.stop()
        #expect(listener.statistics.acceptedConnections == 1)
        #expect(listener.statistics.answersByCategory == [0, 3, 0, 0, 0])
        #expect(listener.statistics.sentByteCount == 12)
        #expect(listener.statistics.openConnections == 0)
    }

    @Test func aPortInUseIsNamedTogetherWithWhatToDo() throws {
        let first = try Listener(.testing(), handler: Self.hello)
        defer { first.stop() }
        let port = try #require(first.port)
        let error = #expect(throws: HTTPServerError.self) {
            try Listener(
                ListenerOptions(name: "x", address: .tcp(host: "127.0.0.1", port: port)),
                handler: Self.hello)
        }
        #expect(error?.code == .addressInUse)
        #expect(error?.message.contains("port \(port)") == true)
        #expect(error?.message.contains("choose another port") == true)
    }

    @Test func anAddressThatIsNoneIsRefused() throws {
        for host in ["example.org", "192.0.2.1", "1.2.3.4.5"] {
            let error = #expect(throws: HTTPServerError.self) {
                try Listener(
                    ListenerOptions(name: "x", address: .tcp(host: host, port: 0)),
                    handler: Self.hello)
            }
            #expect(error?.code == .badAddress, "\(host)")
        }
    }

    @Test func aPortCanBeUsedAgainAtOnce() throws {
        let first = try Listener(.testing(), handler: Self.hello)
        let port = try #require(first.port)
        #expect(RawClient(port: port).exchange(getAndClose).hasSuffix("hello"))
        first.stop()
        let second = try Listener(
            ListenerOptions(name: "x", address: .tcp(host: "127.0.0.1", port: port)),
            handler: Self.hello)
        #expect(RawClient(port: port).exchange(getAndClose).hasSuffix("hello"))
        second.stop()
    }

    @Test func aUnixSocketIsPrivateReplacedWhenAbandonedAndRemovedAtTheEnd() throws {
        let path = "/tmp/holdfast-test-\(getpid()).sock"
        defer { unsafe unlink(path) }
        let abandoned = try RawClient(abandoningUnixSocketAt: path)
        withExtendedLifetime(abandoned) {}
        let options = ListenerOptions(name: "unix", address: .unix(path: path))
        let listener = try Listener(options, handler: { .respond(.text(.ok, $0.peer)) })
        defer { listener.stop() }
        #expect(listener.port == nil)
        var status = stat()
        #expect(unsafe stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        let client = try #require(RawClient(unixSocketAt: path))
        #expect(client.exchange(getAndClose).hasSuffix("unix"))
        let error = #expect(throws: HTTPServerError.self) {
            try Listener(options, handler: Self.hello)
        }
        #expect(error?.code == .addressInUse)
        listener.stop()
        #expect(unsafe stat(path, &status) != 0)
    }

    /// The system refuses a connection to most of them as to a socket that was abandoned.
    @Test func whatIsNoSocketIsNotRemovedForOne() throws {
        let folder = try File.makeTemporaryFolder(prefix: "holdfast-unix-")
        defer { try? File.removeTree(folder) }
        try File.replace(folder + "/file", with: "kept")
        try File.makeLink(folder + "/link", to: "file")
        try File.makeLink(folder + "/nowhere", to: "none")
        try File.makePipe(folder + "/pipe")
        try File.makeFolder(folder + "/folder")
        let names = try File.names(in: folder)
        for name in names {
            let path = folder + "/" + name
            let error = #expect(throws: HTTPServerError.self) {
                try Listener(
                    ListenerOptions(name: "unix", address: .unix(path: path)),
                    handler: Self.hello)
            }
            #expect(error?.code == .addressInUse)
            #expect(error?.message.contains(path) == true)
        }
        #expect(try File.names(in: folder) == names)
        #expect(try File.readAll(folder + "/file", limit: 10) == "kept")
    }

    /// It takes no connection at the moment, which is not being abandoned.
    @Test func aSocketWhoseQueueIsFullIsInUse() throws {
        let folder = try File.makeTemporaryFolder(prefix: "holdfast-unix-")
        defer { try? File.removeTree(folder) }
        let path = folder + "/socket"
        let busy = try RawClient(abandoningUnixSocketAt: path)
        #expect(listen(busy.socket, 0) == 0)
        // The system lets one more wait than it was told.
        let waiting = RawClient(unixSocketAt: path)
        let error = #expect(throws: HTTPServerError.self) {
            try Listener(
                ListenerOptions(name: "unix", address: .unix(path: path)), handler: Self.hello)
        }
        #expect(waiting != nil)
        #expect(error?.code == .addressInUse)
        #expect(error?.message.hasPrefix("another process listens on \(path)") == true)
        withExtendedLifetime((busy, waiting)) {}
    }

    @Test func aListenerThatEndsLeavesTheSocketOfTheNextOne() throws {
        let folder = try File.makeTemporaryFolder(prefix: "holdfast-unix-")
        defer { try? File.removeTree(folder) }
        let path = folder + "/socket"
        let options = ListenerOptions(name: "unix", address: .unix(path: path))
        let (isRunning, mayEnd) = (Monitor(false), Monitor(false))
        let first = try Listener(options) { _ in
            isRunning.notify { $0 = true }
            _ = mayEnd.wait(by: soon()) { $0 ? true : nil }
            return .respond(.text(.ok, "first"))
        }
        let client = try #require(RawClient(unixSocketAt: path))
        client.send(getAndClose)
        #expect(isRunning.wait(by: soon()) { $0 ? true : nil } == true)
        let ending = Thread(name: "ending") { first.drain(by: soon()) }

        // It takes no more connections, and has not ended.
        let deadline = soon()
        var second: Listener?
        while second == nil, !deadline.hasPassed {
            second = try? Listener(options, handler: Self.hello)
            pause(for: .milliseconds(1))
        }
        mayEnd.notify { $0 = true }
        ending.join()
        #expect(client.readToEnd().hasSuffix("first"))
        let next = try #require(RawClient(unixSocketAt: path))
        #expect(next.exchange(getAndClose).hasSuffix("hello"))
        try #require(second).stop()
        #expect(try File.names(in: folder) == [])
    }

    @Test func ofTwoThatStartAtOnceOneHasTheSocket() throws {
        let folder = try File.makeTemporaryFolder(prefix: "holdfast-unix-")
        defer { try? File.removeTree(folder) }
        let path = folder + "/socket"
        let options = ListenerOptions(name: "unix", address: .unix(path: path))
        for _ in 0..<50 {
            let abandoned = try RawClient(abandoningUnixSocketAt: path)
            withExtendedLifetime(abandoned) {}
            let started = Locked<[Listener]>([])
            let threads = (0..<2).map { _ in
                Thread(name: "starting") {
                    guard let listener = try? Listener(options, handler: Self.hello) else { return }
                    started.withLock { $0.append(listener) }
                }
            }
            for thread in threads { thread.join() }
            let listeners = started.withLock { $0 }
            #expect(listeners.count == 1)
            let client = try #require(RawClient(unixSocketAt: path))
            #expect(client.exchange(getAndClose).hasSuffix("hello"))
            for listener in listeners { listener.stop() }
            #expect(try File.names(in: folder) == [])
        }
    }

    @Test func connectionsWithinTheProcessNeedNoAddress() throws {
        let listener = try Listener(
            ListenerOptions(name: "own", address: .inProcess),
            handler: { .respond(.text(.ok, $0.peer)) })
        defer { listener.stop() }
        let answers = try (0..<3).map { _ in
            try RawClient(socket: listener.connect()).exchange(getAndClose)
        }
        for answer in answers { #expect(answer.hasSuffix("in-process")) }
        listener.stop()
        #expect(throws: HTTPServerError.self) { try listener.connect() }
    }

    @Test func aSlowHeaderSectionIsEndedByTheWatchdog() throws {
        var options = ListenerOptions.testing()
        options.headerTimeout = .milliseconds(200)
        let listener = try Listener(options, handler: Self.hello)
        defer { listener.stop() }
        let port = try #require(listener.port)
        for start in ["GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ", "GET /never-ending"] {
            let client = RawClient(port: port)
            let began = Instant.now
            client.send(start)
            // Another byte now and then keeps the connection busy, but not alive.
            let dripping = Atomic(true)
            let dripper = Thread(name: "drip") { [socket = client.socket] in
                let pause = Monitor(false)
                while dripping.load(ordering: .relaxed) {
                    _ = unsafe Glibc.send(socket, "x", 1, Int32(MSG_NOSIGNAL))
                    _ = pause.wait(by: .after(.milliseconds(20))) { _ in Bool?.none }
                }
            }
            #expect(client.readToEnd() == "")
            #expect(Instant.now.elapsed(since: began) < .seconds(5))
            dripping.store(false, ordering: .relaxed)
            dripper.join()
        }
    }

    @Test func anIdleConnectionIsEnded() throws {
        var options = ListenerOptions.testing()
        options.idleTimeout = .milliseconds(100)
        let listener = try Listener(options, handler: Self.hello)
        defer { listener.stop() }
        let client = try RawClient(port: #require(listener.port))
        client.send(get)
        #expect(client.readToEnd().hasSuffix("hello"))
    }

    @Test func aClientThatDoesNotReadIsGivenUp() throws {
        var options = ListenerOptions.testing()
        options.progressWindow = .milliseconds(200)
        options.progressRateMin = 1_000_000_000
        let isClosed = Monitor(false)
        let piece = Bytes([UInt8](repeating: 1, count: 1_000_000))
        let listener = try Listener(options) { _ in
            let source = PieceSource(Array(repeating: piece, count: 200)) {
                isClosed.notify { $0 = true }
            }
            return .respond(Response(.ok, body: .source(source, length: 200_000_000)))
        }
        defer { listener.stop() }
        let client = try RawClient(port: #require(listener.port))
        client.send(get)
        #expect(isClosed.wait(by: .after(.seconds(10))) { $0 ? true : nil } == true)
    }

    @Test func aClientThatStopsSendingIsGivenUp() throws {
        var options = ListenerOptions.testing()
        options.progressWindow = .milliseconds(100)
        let listener = try Listener(options) { _ in .receive(CountingReceiver()) }
        defer { listener.stop() }
        let client = try RawClient(port: #require(listener.port))
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n123")
        #expect(client.readToEnd().hasPrefix("HTTP/1.1 408 "))
    }

    @Test func aHandlerSeesThatItsClientHasGone() throws {
        let hasStarted = Monitor(false)
        let sawAbandonment = Monitor<Bool?>(nil)
        let listener = try Listener(.testing()) { request in
            let before = !request.liveness.isWanted
            hasStarted.notify { $0 = true }
            let deadline = Deadline.after(.seconds(10))
            while request.liveness.isWanted, !deadline.hasPassed { Thread.yield() }
            let isAbandoned = !request.liveness.isWanted
            sawAbandonment.notify { $0 = !before && isAbandoned }
            return .respond(.text(.ok, "late"))
        }
        defer { listener.stop() }
        var client: RawClient? = try RawClient(port: #require(listener.port))
        client?.send(get)
        #expect(hasStarted.wait(by: .after(.seconds(10))) { $0 ? true : nil } == true)
        client = nil
        #expect(sawAbandonment.wait(by: .after(.seconds(10))) { $0 } == true)
    }

    @Test func drainingLetsARunningRequestEndAndRefusesNewOnes() throws {
        let hasStarted = Monitor(false)
        let mayEnd = Monitor(false)
        let listener = try Listener(.testing()) { _ in
            hasStarted.notify { $0 = true }
            _ = mayEnd.wait(by: .after(.seconds(10))) { $0 ? true : nil }
            return .respond(.text(.ok, "done"))
        }
        let port = try #require(listener.port)
        let idle = RawClient(port: port)
        let busy = RawClient(port: port)
        busy.send(get)
        #expect(hasStarted.wait(by: .after(.seconds(10))) { $0 ? true : nil } == true)
        let drain = Thread(name: "drain") { listener.drain(by: .after(.seconds(20))) }
        #expect(idle.readToEnd().hasPrefix("HTTP/1.1 503 "))
        // Refused, not left in a queue that nobody looks at.
        #expect(!RawClient(port: port).send(get))
        mayEnd.notify { $0 = true }
        let answer = busy.readToEnd()
        #expect(answer.hasSuffix("done"))
        #expect(answer.contains("\r\nConnection: close\r\n"))
        drain.join()
        #expect(RawClient(port: port).exchange(get) == "")
    }

    @Test func whoeverStopsItReturnsWhenItHasStopped() throws {
        let hasStarted = Monitor(false)
        let mayEnd = Monitor(false)
        let returnedCount = Monitor(0)
        let listener = try Listener(.testing()) { _ in
            hasStarted.notify { $0 = true }
            _ = mayEnd.wait(by: soon()) { $0 ? true : nil }
            return .respond(.text(.ok, "done"))
        }
        let client = try RawClient(port: #require(listener.port))
        client.send(get)
        #expect(hasStarted.wait(by: soon()) { $0 ? true : nil } == true)
        let threads = (0..<3).map { _ in
            Thread(name: "stop") {
                listener.stop()
                returnedCount.notify { $0 += 1 }
            }
        }
        pause(for: .milliseconds(100))
        #expect(returnedCount.withLock { $0 } == 0)
        mayEnd.notify { $0 = true }
        for thread in threads { thread.join() }
        #expect(returnedCount.withLock { $0 } == 3)
    }

    /// Who works on an answer is told before the connection goes, and can say how far it has come.
    @Test func drainingEndsAtItsDeadline() throws {
        let hasStarted = Monitor(false)
        let listener = try Listener(.testing()) { request in
            hasStarted.notify { $0 = true }
            while request.liveness.isWanted { Thread.yield() }
            return .respond(.text(.ok, "done"))
        }
        let client = try RawClient(port: #require(listener.port))
        client.send(get)
        #expect(hasStarted.wait(by: .after(.seconds(10))) { $0 ? true : nil } == true)
        let began = Instant.now
        listener.drain(by: .after(.seconds(2)))
        #expect(Instant.now.elapsed(since: began) < .seconds(10))
        #expect(client.readToEnd().hasSuffix("done"))
    }

    @Test func everyExchangeIsLoggedOnce() throws {
        let records = Locked<[AccessRecord]>([])
        var options = ListenerOptions.testing()
        options.accessLog = { record in records.withLock { $0.append(record) } }
        let listener = try Listener(options) { _ in .receive(CountingReceiver()) }
        defer { listener.stop() }
        let client = try RawClient(port: #require(listener.port))
        _ = client.exchange(
            "PUT /x?y HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nConnection: close\r\n\r\nabcd")
        listener.stop()
        let record = try #require(records.withLock { $0.count == 1 ? $0.first : nil })
        #expect(record.method == "PUT")
        #expect(record.target == "/x?y")
        #expect(record.peer == "127.0.0.1")
        #expect(record.status == .ok)
        #expect(record.receivedByteCount == 4)
        #expect(record.sentByteCount == 10)
        #expect(record.isComplete)
    }

    @Test func aTargetThatIsTooLongIsRefused() throws {
        let listener = try Listener(.testing(), handler: Self.hello)
        defer { listener.stop() }
        let port = try #require(listener.port)
        for count in [8 * 1_024 + 1, 100_000] {
            let answer = RawClient(port: port).exchange(
                "GET /" + String(repeating: "a", count: count) + " HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 414 "), "\(count): \(answer.prefix(40))")
        }
    }

    /// A client whose network goes away without a word is found out by the system.
    @Test func theSystemAsksPeersWhetherTheyAreThere() throws {
        let listening = try ListeningSocket.open(.tcp(host: "127.0.0.1", port: 0))
        defer { close(listening) }
        let client = RawClient(port: try #require(ListeningSocket.port(of: listening)))
        var entry = pollfd(fd: listening, events: Int16(POLLIN), revents: 0)
        #expect(unsafe poll(&entry, 1, 20_000) == 1)
        let accepted = accept(listening, nil, nil)
        defer { close(accepted) }
        func value(_ option: Int32, of level: Int32) -> Int32 {
            var (value, length) = (Int32(-1), socklen_t(MemoryLayout<Int32>.size))
            unsafe getsockopt(accepted, level, option, &value, &length)
            return value
        }
        #expect(value(SO_KEEPALIVE, of: SOL_SOCKET) == 1)
        let tcp = Int32(IPPROTO_TCP)
        let idle = value(TCP_KEEPIDLE, of: tcp)
        #expect(idle + value(TCP_KEEPINTVL, of: tcp) * value(TCP_KEEPCNT, of: tcp) == 60)
        withExtendedLifetime(client) {}
    }

    @Test func headersThatAreTooLargeAreRefused() throws {
        let listener = try Listener(.testing(), handler: Self.hello)
        defer { listener.stop() }
        let port = try #require(listener.port)
        func answer(fields: Int, valueCount: Int) -> String {
            let line = "X: " + String(repeating: "a", count: valueCount) + "\r\n"
            return RawClient(port: port).exchange(
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                    + String(repeating: line, count: fields) + "\r\n")
        }
        #expect(answer(fields: 1, valueCount: 100_000).hasPrefix("HTTP/1.1 431 "))
        let long = answer(fields: 1, valueCount: 17_000)
        #expect(long.hasPrefix("HTTP/1.1 431 ") && long.contains("more than 16384 bytes"))
        #expect(answer(fields: 20, valueCount: 1_000).hasPrefix("HTTP/1.1 431 "))
        #expect(answer(fields: 1, valueCount: 16_000).hasPrefix("HTTP/1.1 200 "))
        #expect(answer(fields: 150, valueCount: 90).hasPrefix("HTTP/1.1 200 "))
    }

    @Test func aConnectionOverTheLimitTakesThePlaceOfOneThatWaits() throws {
        var options = ListenerOptions.testing()
        options.connectionsMax = 2
        let listener = try Listener(options, handler: Self.hello)
        defer { listener.stop() }
        let port = try #require(listener.port)
        let open = (0..<2).map { _ in RawClient(port: port) }
        for client in open {
            client.send(get)
            #expect(client.read(until: "hello").hasSuffix("hello"))
        }
        #expect(RawClient(port: port).exchange(getAndClose).hasSuffix("hello"))
        let answers = open.map { $0.exchange(getAndClose) }
        #expect(answers.count { $0 == "" } == 1)
        #expect(answers.count { $0.hasSuffix("hello") } == 1)
        #expect(listener.statistics.evictedConnections == 1)
    }

    @Test func theCountsAreMetrics() throws {
        let registry = MetricRegistry()
        let listener = try Listener(.testing(), handler: Self.hello)
        defer { listener.stop() }
        listener.register(in: registry)
        _ = try RawClient(port: #require(listener.port)).exchange(getAndClose)
        listener.stop()
        let text = try #require(registry.exposition().utf8Text)
        for line in [
            "holdfast_http_answers_total{listener=\"test\",status=\"2xx\"} 1",
            "holdfast_http_sent_bytes_total{listener=\"test\"} 5",
            "holdfast_http_connections{listener=\"test\"} 0",
        ] {
            #expect(text.contains(line + "\n"), "\(line)")
        }
    }

    @Test func theWholeExchangeHasALimit() throws {
        var options = ListenerOptions.testing()
        options.exchangeTimeout = .zero
        let listener = try Listener(options) { _ in
            .respond(Response(.ok, body: .source(PieceSource([Bytes(utf8: "x")]), length: 1)))
        }
        defer { listener.stop() }
        let client = try RawClient(port: #require(listener.port))
        #expect(client.exchange(get).hasPrefix("HTTP/1.1 408 "))
    }
}
