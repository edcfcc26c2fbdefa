import Buffers
import Execution
import HTTP
import HTTPServer
import Synchronization
import TestSupport
import Testing

/// How bodies come in, and how they are refused.
@Suite(.timeLimit(.minutes(40)))
struct UploadTests {
    private let head = "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"

    private func withListener(
        options: ListenerOptions = .testing(), _ handler: @escaping Handler,
        _ body: (RawClient) throws -> Void
    ) throws {
        let listener = try Listener(options, handler: handler)
        defer { listener.stop() }
        try body(RawClient(port: #require(listener.port)))
    }

    @Test func aBodyOfKnownLengthArrivesWhole() throws {
        try withListener({ _ in .receive(CountingReceiver()) }) { client in
            client.send(head + "Content-Length: 1000000\r\n\r\n")
            client.send([UInt8](repeating: 7, count: 1_000_000))
            #expect(client.readToEnd().hasSuffix("received 1000000"))
        }
    }

    @Test func aChunkedBodyArrivesWhole() throws {
        try withListener({ _ in .receive(CountingReceiver()) }) { client in
            client.send(head + "Transfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<100 {
                client.send("1388;note=x\r\n" + String(repeating: "z", count: 5_000) + "\r\n")
            }
            client.send("0\r\nX-Trailer: y\r\n\r\n")
            #expect(client.readToEnd().hasSuffix("received 500000"))
        }
    }

    @Test func anEmptyBodyIsFinishedAtOnce() throws {
        try withListener({ _ in .receive(CountingReceiver()) }) { client in
            #expect(client.exchange(head + "\r\n").hasSuffix("received 0"))
        }
    }

    @Test func aClientThatExpectsContinueIsToldToGoOn() throws {
        try withListener({ _ in .receive(CountingReceiver()) }) { client in
            client.send(head + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n")
            #expect(client.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 100 "))
            client.send("abc")
            #expect(client.readToEnd().hasSuffix("received 3"))
        }
    }

    @Test func aClientThatExpectsContinueIsRefusedWithoutItsBody() throws {
        try withListener({ _ in .respond(.text(.forbidden, "no")) }) { client in
            client.send(head + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n")
            #expect(client.readToEnd().hasPrefix("HTTP/1.1 403 "))
        }
    }

    @Test func aLengthOverTheLimitIsRefusedBeforeTheHandlerIsAsked() throws {
        var options = ListenerOptions.testing()
        options.bodyByteCountMax = 10
        let asked = Atomic(0)
        let handler: Handler = { _ in
            asked.add(1, ordering: .relaxed)
            return .receive(CountingReceiver())
        }
        try withListener(options: options, handler) { client in
            let answer = client.exchange(head + "Content-Length: 11\r\n\r\n12345678901")
            #expect(answer.hasPrefix("HTTP/1.1 413 "))
            #expect(asked.load(ordering: .relaxed) == 0)
        }
    }

    @Test func aChunkedBodyOverTheLimitIsRefusedHalfWay() throws {
        var options = ListenerOptions.testing()
        options.bodyByteCountMax = 100_000
        let abandoned = Atomic(0)
        let handler: Handler = { _ in
            .receive(CountingReceiver { abandoned.add(1, ordering: .relaxed) })
        }
        try withListener(options: options, handler) { client in
            client.send(head + "Transfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<50 {
                client.send("1388\r\n" + String(repeating: "z", count: 5_000) + "\r\n")
            }
            client.finishSending()
            #expect(client.readToEnd().hasPrefix("HTTP/1.1 413 "))
            #expect(abandoned.load(ordering: .relaxed) == 1)
        }
    }

    @Test func aReceiverThatFailsHalfWayIsAnsweredAtOnce() throws {
        let abandoned = Atomic(0)
        let handler: Handler = { _ in
            .receive(
                CountingReceiver(failAfter: 500_000, error: Overloaded("the disk")) {
                    abandoned.add(1, ordering: .relaxed)
                })
        }
        try withListener(handler) { client in
            client.send(head + "Content-Length: 100000000\r\n\r\n")
            client.send([UInt8](repeating: 7, count: 1_000_000))
            let answer = client.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
            #expect(answer.contains("\r\nRetry-After: 1\r\n"))
            #expect(answer.contains("\r\nConnection: close\r\n"))
            #expect(abandoned.load(ordering: .relaxed) == 1)
        }
    }

    @Test func aReceiverIsToldWhenTheBodyBreaksOff() throws {
        let abandoned = Atomic(0)
        let listener = try Listener(.testing()) { _ in
            .receive(CountingReceiver { abandoned.add(1, ordering: .relaxed) })
        }
        defer { listener.stop() }
        let client = try RawClient(port: #require(listener.port))
        client.send(head + "Content-Length: 10\r\n\r\n123")
        client.finishSending()
        #expect(client.readToEnd() == "")
        listener.stop()
        #expect(abandoned.load(ordering: .relaxed) == 1)
        #expect(listener.statistics.brokenExchanges == 1)
    }

    @Test func aShortBodyThatNobodyWantsLeavesTheConnectionOpen() throws {
        try withListener({ request in .respond(.text(.ok, "[\(request.path)]")) }) { client in
            client.send("POST /one HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
            client.send("GET /two HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let answers = client.readToEnd()
            #expect(answers.contains("[/one]"))
            #expect(answers.contains("[/two]"))
        }
    }

    @Test func aLongBodyThatNobodyWantsEndsTheConnectionAfterTheAnswer() throws {
        try withListener({ _ in .respond(.text(401, "who are you?")) }) { client in
            client.send("POST /one HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<300 {
                client.send("1388\r\n" + String(repeating: "z", count: 5_000) + "\r\n")
            }
            client.finishSending()
            let answer = client.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 401 "))
            #expect(answer.contains("\r\nConnection: close\r\n"))
            #expect(answer.hasSuffix("who are you?"))
        }
    }

    @Test func collectedBodiesHaveALimit() throws {
        let handler: Handler = { _ in
            .receive(
                CollectingReceiver(limit: 5) { .text(.ok, "got \($0.utf8Text ?? "?")") })
        }
        try withListener(handler) { client in
            #expect(client.exchange(head + "Content-Length: 5\r\n\r\nhello").hasSuffix("got hello"))
        }
        try withListener(handler) { client in
            #expect(
                client.exchange(head + "Content-Length: 6\r\n\r\nhello!")
                    .hasPrefix("HTTP/1.1 413 "))
        }
    }
}
