import Buffers
import Execution
import HTTP
import HTTPServer
import TestSupport
import Testing

/// A client that sends no body, or reads no answer, holds nothing for longer than its rate allows.
@Suite(.timeLimit(.minutes(40)))
struct HeldUpTests {
    private func becomes(_ isTrue: () -> Bool) -> Bool {
        let deadline = Deadline.after(.seconds(20))
        while !isTrue() {
            if deadline.hasPassed { return false }
            pause(for: .milliseconds(5))
        }
        return true
    }

    @Test func anAnswerThatIsMadeDoesNotWaitForABody() throws {
        let isClosed = Monitor(false)
        let listener = try Listener(.testing()) { _ in
            let source = PieceSource([Bytes(utf8: "content")]) { isClosed.notify { $0 = true } }
            return .respond(Response(.ok, body: .source(source, length: 7)))
        }
        defer { listener.stop() }
        let client = RawClient(port: try #require(listener.port))
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
        #expect(isClosed.wait(by: .after(.seconds(20))) { $0 ? true : nil } == true)
        client.send("x")
        let answer = client.readToEnd()
        #expect(answer.hasSuffix("content"))
        #expect(answer.contains("Connection: close\r\n"))
    }

    /// Answers that libmicrohttpd sends, and one whose head goes out on the bare socket.
    static let answers: [(method: String, body: @Sendable () -> Body)] = [
        ("OPTIONS", { .none }), ("GET", { .bytes(Bytes(utf8: "small")) }),
        ("HEAD", { .source(PieceSource([]), length: 7) }), ("HEAD", { .omitted(length: nil) }),
        ("HEAD", { .omitted(length: 7) }),
    ]

    /// So many that neither side's buffers have room for the answers.
    private func askWithoutReading(_ method: String, _ listener: Listener) throws -> RawClient {
        let client = try RawClient(socket: listener.connect())
        let request = "\(method) / HTTP/1.1\r\nHost: a\r\n\r\n"
        client.send(String(repeating: request, count: 3_000))
        return client
    }

    @Test(arguments: answers.indices)
    func whoReadsNoAnswersLosesTheConnection(index: Int) throws {
        let (method, body) = Self.answers[index]
        var options = ListenerOptions(name: "own", address: .inProcess)
        options.progressWindow = .milliseconds(100)
        let listener = try Listener(options) { _ in .respond(Response(.ok, body: body())) }
        defer { listener.stop() }
        let client = try askWithoutReading(method, listener)
        #expect(becomes { listener.statistics.brokenExchanges == 1 }, "\(method)")
        withExtendedLifetime(client) {}
    }

    @Test(arguments: answers.indices)
    func whoReadsNoAnswersGivesWay(index: Int) throws {
        let (method, body) = Self.answers[index]
        var options = ListenerOptions(name: "own", address: .inProcess)
        options.connectionsMax = 1
        let listener = try Listener(options) { _ in .respond(Response(.ok, body: body())) }
        defer { listener.stop() }
        let client = try askWithoutReading(method, listener)
        let isServed = becomes {
            guard let other = try? RawClient(socket: listener.connect()) else { return false }
            return other.exchange("\(method) / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                .hasPrefix("HTTP/1.1 200 ")
        }
        #expect(isServed, "\(method)")
        withExtendedLifetime(client) {}
    }

    @Test(arguments: ["GET", "POST"], [(0, 10), (1_024, 30_000)])
    func aBodyThatNeverComesEndsWithTheTimeOfTheExchange(
        method: String, rate: (bytes: Int, windowMilliseconds: Int)
    ) throws {
        var options = ListenerOptions(name: "own", address: .inProcess)
        options.progressRateMin = rate.bytes
        options.progressWindow = .milliseconds(rate.windowMilliseconds)
        options.exchangeTimeout = .milliseconds(50)
        let listener = try Listener(options) { request in
            request.method == .get ? .respond(.text(.ok, "no")) : .receive(CountingReceiver())
        }
        defer { listener.stop() }
        for length in [100, 100_000] {
            let client = try RawClient(socket: listener.connect())
            client.send("\(method) / HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n")
            #expect(client.readToEnd().hasPrefix("HTTP/1.1 408 "))
        }
        #expect(becomes { listener.statistics.brokenExchanges == 2 })
    }

    @Test func anAnswerThatIsTooLateIsReplacedByOneThatSaysSo() throws {
        var options = ListenerOptions.testing()
        options.exchangeTimeout = .zero
        let listener = try Listener(options) { _ in .receive(CountingReceiver()) }
        defer { listener.stop() }
        for framing in ["Content-Length: 100000", "Transfer-Encoding: chunked"] {
            let client = RawClient(port: try #require(listener.port))
            client.send("POST / HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n")
            client.send("186a0\r\n" + String(repeating: "x", count: 100_000) + "\r\n0\r\n\r\n")
            let answer = client.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 408 "), "\(answer.prefix(100))")
            #expect(answer.hasSuffix("longer than is allowed\n"))
        }
    }

    /// The head takes so much memory that all answers go out on the bare socket.
    @Test func soItIsBehindALongHead() throws {
        var options = ListenerOptions.testing()
        options.exchangeTimeout = .zero
        options.headerByteCountMax = 24 * 1_024
        let listener = try Listener(options) { _ in .respond(.text(.ok, "late")) }
        defer { listener.stop() }
        let client = RawClient(port: try #require(listener.port))
        let field = "X: " + String(repeating: "x", count: 20_000)
        let answer = client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\(field)\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 408 "), "\(answer.prefix(100))")
    }
}
