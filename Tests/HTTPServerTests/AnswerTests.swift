import Buffers
import Execution
import HTTP
import HTTPServer
import Synchronization
import TestSupport
import Testing

/// What goes out on the wire for each kind of answer.
@Suite(.timeLimit(.minutes(40)))
struct AnswerTests {
    private func exchange(
        _ request: String, _ handler: @escaping Handler
    ) throws -> String {
        let listener = try Listener(.testing(), handler: handler)
        defer { listener.stop() }
        return try RawClient(port: #require(listener.port)).exchange(request)
    }

    private func get(_ method: String = "GET") -> String {
        "\(method) /path?query HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    }

    private func body(of answer: String) -> String {
        answer.contains("\r\n\r\n")
            ? answer.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
                .last.map(String.init) ?? ""
            : ""
    }

    @Test func bytesCarryTheirLengthAndTheFieldsOfTheHandler() throws {
        let answer = try exchange(get()) { _ in
            var response = Response.text(.notFound, "no such thing")
            response.fields.append("Vary", "Accept")
            response.fields.append("Vary", "Origin")
            return .respond(response)
        }
        #expect(answer.hasPrefix("HTTP/1.1 404 Not Found\r\n"))
        #expect(answer.contains("\r\nContent-Length: 13\r\n"))
        #expect(answer.contains("\r\nContent-Type: text/plain; charset=utf-8\r\n"))
        #expect(answer.contains("\r\nVary: Accept\r\nVary: Origin\r\n"))
        #expect(body(of: answer) == "no such thing")
    }

    @Test func theHandlerSeesTheRequestAsItWasSent() throws {
        let request =
            "POST /a%20b//../c%2fd?x=%20&y HTTP/1.1\r\nHost: h\r\nX-One:  1 \r\nx-one: two\r\n"
            + "Connection: close\r\nContent-Length: 0\r\n\r\n"
        let answer = try exchange(request) { request in
            let lines = [
                request.method.rawValue, request.requestTarget.raw, request.path,
                String(request.query ?? "-"),
                request.fields.all("X-ONE").joined(separator: "|"), request.peer,
                request.listenerName, "\(request.contentLength ?? 99)",
                // A proxy may stand there.
                "\(request.client == nil)",
            ]
            return .respond(.text(.ok, lines.joined(separator: "\n")))
        }
        let expected = [
            "POST", "/a%20b//../c%2fd?x=%20&y", "/a%20b//../c%2fd", "x=%20&y", "1|two",
            "127.0.0.1", "test", "0", "true",
        ]
        #expect(body(of: answer) == expected.joined(separator: "\n"))
    }

    @Test func headHasTheFieldsOfGetAndNoBody() throws {
        let handler: Handler = { request in
            switch request.path {
            case "/bytes": .respond(Response(.ok, body: .bytes(Bytes(utf8: "12345"))))
            case "/source":
                .respond(Response(.ok, body: .source(PieceSource([]), length: 1_000_000)))
            default: .respond(Response(.ok, body: .omitted(length: 77)))
            }
        }
        for (path, length) in [("/bytes", 5), ("/source", 1_000_000), ("/omitted", 77)] {
            let answer = try exchange(
                "HEAD \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", handler)
            #expect(answer.contains("\r\nContent-Length: \(length)\r\n"), "\(path)")
            #expect(answer.hasSuffix("\r\n\r\n"), "\(path)")
        }
    }

    @Test func aSourceOfKnownLengthIsSentInWhateverPiecesItGives() throws {
        let pieces = (0..<40).map { Bytes([UInt8](repeating: UInt8(97 + $0 % 26), count: 40_000)) }
        let isClosed = Atomic(false)
        let answer = try exchange(get()) { _ in
            let source = PieceSource(pieces) { isClosed.store(true, ordering: .relaxed) }
            return .respond(Response(.ok, body: .source(source, length: 1_600_000)))
        }
        #expect(answer.contains("\r\nContent-Length: 1600000\r\n"))
        #expect(body(of: answer).utf8.elementsEqual(pieces.flatMap(\.array)))
        #expect(isClosed.load(ordering: .relaxed) == true)
    }

    @Test func anUnknownLengthIsSentChunkedWithTrailersBehindTheLastChunk() throws {
        let answer = try exchange(get()) { _ in
            let source = PieceSource(
                [Bytes(utf8: "one"), .empty, Bytes(utf8: "three")],
                trailers: ["X-Stream-Error": "something was\nwrong"])
            return .respond(
                Response(
                    .ok, fields: ["Trailer": "X-Stream-Error"],
                    body: .source(source, length: nil)))
        }
        #expect(answer.contains("\r\nTransfer-Encoding: chunked\r\n"))
        #expect(
            body(of: answer)
                == "3\r\none\r\n5\r\nthree\r\n0\r\nX-Stream-Error: something was wrong\r\n\r\n")
    }

    @Test(arguments: [nil, 100] as [UInt64?])
    func anErrorInMidStreamBreaksTheConnectionOff(length: UInt64?) throws {
        let isClosed = Atomic(false)
        let answer = try exchange(get()) { _ in
            let source = PieceSource([Bytes(utf8: "half")], error: PieceSource.Failure()) {
                isClosed.store(true, ordering: .relaxed)
            }
            return .respond(Response(.ok, body: .source(source, length: length)))
        }
        #expect(answer.hasSuffix(length == nil ? "4\r\nhalf\r\n" : "\r\n\r\nhalf"))
        #expect(isClosed.load(ordering: .relaxed) == true)
    }

    @Test func aSourceThatEndsTooEarlyBreaksTheConnectionOff() throws {
        let answer = try exchange(get()) { _ in
            .respond(Response(.ok, body: .source(PieceSource([Bytes(utf8: "abc")]), length: 10)))
        }
        #expect(body(of: answer) == "abc")
    }

    @Test func anAnswerWithoutLengthIsItsHeadAndNothingElse() throws {
        let closed = Atomic(0)
        let listener = try Listener(.testing()) { request in
            let source = PieceSource([]) { closed.add(1, ordering: .relaxed) }
            return switch request.path {
            case "/304": .respond(Response(.notModified, fields: ["Etag": "\"x\""]))
            case "/204": .respond(Response(.noContent))
            case "/omitted": .respond(Response(.ok, body: .omitted(length: nil)))
            case "/source": .respond(Response(.ok, body: .source(source, length: nil)))
            default: .respond(.text(.ok, "ordinary"))
            }
        }
        defer { listener.stop() }
        let client = try RawClient(port: #require(listener.port))
        // Sent at once, so that anything behind a head would stand in front of the next answer.
        let requests = [
            "GET /304", "HEAD /source", "GET /204", "HEAD /omitted", "GET /304", "GET /",
        ]
        client.send(requests.map { "\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
        let answers = client.read(until: "ordinary")
        let heads = answers.split(separator: "\r\n\r\n").map(String.init)
        #expect(
            heads.map { $0.prefix(12) } == [304, 200, 204, 200, 304, 200].map { "HTTP/1.1 \($0)" }
                + ["ordinary"])
        for head in heads.prefix(5) {
            #expect(!head.contains("Content-Length"))
            #expect(!head.contains("Transfer-Encoding"))
            #expect(!head.contains("Connection: close"))
        }
        #expect(heads[0].contains("\r\nEtag: \"x\""))
        #expect(closed.load(ordering: .relaxed) == 1)
        let last = client.exchange("GET /304 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(last.hasPrefix("HTTP/1.1 304 "))
        #expect(last.contains("Connection: close\r\n"))
        #expect(last.hasSuffix("\r\n\r\n"))
        listener.stop()
        #expect(listener.statistics.brokenExchanges == 0)
        #expect(listener.statistics.answersByCategory == [0, 4, 3, 0, 0])
    }

    @Test func aHandlerThatThrowsGivesA500ThatSaysNothing() throws {
        struct Secret: Error { let text = "the password is swordfish" }
        let logged = Locked<[String]>([])
        var options = ListenerOptions.testing()
        options.errorLog = { text in logged.withLock { $0.append(text) } }
        let listener = try Listener(options) { _ in throw Secret() }
        defer { listener.stop() }
        let answer = try RawClient(port: #require(listener.port)).exchange(get())
        #expect(answer.hasPrefix("HTTP/1.1 500 "))
        #expect(!answer.contains("swordfish"))
        #expect(logged.withLock { $0.contains { $0.contains("swordfish") } })
    }

    @Test func overloadIsA503ThatSaysWhenToTryAgain() throws {
        let answer = try exchange(get()) { _ in
            throw Overloaded("the write queue", retryAfterSeconds: 7)
        }
        #expect(answer.hasPrefix("HTTP/1.1 503 "))
        #expect(answer.contains("\r\nRetry-After: 7\r\n"))
    }

    @Test func aSourceThatFailsBeforeItsFirstByteIsAnswered() throws {
        let answer = try exchange(get()) { _ in
            let source = PieceSource([], error: Overloaded("the pool"))
            return .respond(Response(.ok, body: .source(source, length: 5)))
        }
        #expect(answer.hasPrefix("HTTP/1.1 503 "))
        #expect(answer.contains("\r\nRetry-After: 1\r\n"))
    }

    @Test func withoutALengthAnOldClientReadsUntilTheEnd() throws {
        let answer = try exchange("GET / HTTP/1.0\r\nHost: a\r\n\r\n") { _ in
            let pieces = [Bytes(utf8: "one "), .empty, Bytes(utf8: "two")]
            return .respond(Response(.ok, body: .source(PieceSource(pieces), length: nil)))
        }
        #expect(answer.contains("\r\nConnection: close\r\n"))
        #expect(!answer.contains("Transfer-Encoding"))
        #expect(answer.hasSuffix("\r\n\r\none two"))
    }

    /// The end of the connection would be the end of the answer.
    @Test(arguments: ["GET / HTTP/1.0", "POST / HTTP/1.0"])
    func anOldClientIsToldThatAnAnswerBrokeOff(line: String) throws {
        for error in [PieceSource.Failure(), nil] {
            let pieces = (0..<40).map { Bytes([UInt8](repeating: $0, count: 10_000)) }
            let listener = try Listener(.testing()) { _ in
                let source = PieceSource(pieces, error: error)
                return .respond(Response(.ok, body: .source(source, length: nil)))
            }
            defer { listener.stop() }
            let client = RawClient(port: try #require(listener.port))
            client.send("\(line)\r\nHost: a\r\n\r\n")
            #expect(client.endsInReset() == (error != nil))
        }
    }

    @Test func onlyAnAnswerToHEADMayLeaveItsBodyOut() async {
        await #expect(processExitsWith: .failure) {
            let listener = try Listener(.testing()) { _ in
                .respond(Response(.ok, body: .omitted(length: 1)))
            }
            let client = try RawClient(port: #require(listener.port))
            _ = client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        }
    }

    @Test func aFieldThatWouldSplitTheAnswerIsLeftOut() throws {
        let answer = try exchange(get()) { _ in
            .respond(Response(.ok, fields: ["X-Bad": "a\r\nSet-Cookie: b", "X-Good": "c"]))
        }
        #expect(!answer.contains("Set-Cookie"))
        #expect(answer.contains("X-Good: c\r\n"))
    }

    @Test(arguments: ["a\u{0}b", "a\r\nb", "a\u{1}b", "a\u{7F}b", "a\nb"], [true, false])
    func aFieldWithAControlCharacterIsLeftOutOfEveryAnswer(value: String, isStreamed: Bool) throws {
        let answer = try exchange(get()) { _ in
            let fields: Fields = ["X-Bad": value, "X-B\(value)": "c", "X-Good": "c"]
            let body: Body =
                isStreamed
                ? .source(PieceSource([Bytes(utf8: "x")]), length: 1) : .bytes(Bytes(utf8: "x"))
            return .respond(Response(.ok, fields: fields, body: body))
        }
        #expect(!answer.contains("X-B"))
        #expect(answer.contains("X-Good: c\r\n"))
        #expect(answer.hasSuffix("\r\n\r\nx"))
    }
}
