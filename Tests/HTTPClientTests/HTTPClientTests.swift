import Buffers
import Execution
import HTTP
import Synchronization
import TestSupport
import Testing

@testable import HTTPClient

@Suite(.timeLimit(.minutes(40)))
struct HTTPClientTests {
    @Test
    func aRequestIsWrittenAsGivenAndItsAnswerRead() throws {
        let server = try RawServer { connection in
            connection.readHead()
            connection.write(
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-One: a\r\nx-one:  b \r\n\r\nhello")
        }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port, basePath: "/base"))
        let answer = try client.fetch(
            ClientRequest(.get, "/a/../b%2f%20?q=1&q", fields: ["X-Empty": "", "X-Name": "v w"]))
        #expect(answer.status == 200)
        #expect(answer.fields.all("X-One") == ["a", "b"])
        #expect(answer.body.utf8Text == "hello")
        #expect(answer.trailers.isEmpty)
        #expect(
            server.stop() == [
                "GET /base/a/../b%2f%20?q=1&q HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n"
                    + "X-Empty:\r\nX-Name: v w\r\n\r\n"
            ])
    }

    @Test
    func aPostWithoutABodySaysSo() throws {
        let server = try RawServer { connection in
            connection.readHead()
            connection.write("HTTP/1.1 204 No Content\r\n\r\n")
        }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
        #expect(try client.fetch(ClientRequest(.post, "/api/v0/id")).status == 204)
        #expect(
            server.stop() == [
                "POST /api/v0/id HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n"
                    + "Content-Length: 0\r\n\r\n"
            ])
    }

    @Test
    func aHeadRequestWaitsForNoBody() throws {
        let server = try RawServer { connection in
            connection.readHead()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
        let answer = try client.fetch(ClientRequest(.head, "/"))
        #expect(answer.fields["content-length"] == "1000")
        #expect(answer.body.isEmpty)
        #expect(server.stop().first?.hasPrefix("HEAD / HTTP/1.1\r\n") == true)
    }

    @Test
    func headsBeforeTheFinalOneAreDropped() throws {
        let server = try RawServer { connection in
            connection.readHead()
            connection.write("HTTP/1.1 103 Early Hints\r\nX: early\r\n\r\n")
            connection.write("HTTP/1.1 404 Not Found\r\nX: late\r\nContent-Length: 0\r\n\r\n")
        }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
        let answer = try client.fetch(ClientRequest(.get, "/"))
        #expect(answer.status == 404)
        #expect(answer.fields.all("X") == ["late"])
        _ = server.stop()
    }

    @Test
    func trailersComeBehindAChunkedBody() throws {
        let server = try RawServer { connection in
            connection.readHead()
            connection.write(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Stream-Error\r\n\r\n")
            connection.write("3\r\nabc\r\n2\r\nde\r\n0\r\nX-Stream-Error: it broke\r\n\r\n")
        }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
        let answer = try client.fetch(ClientRequest(.get, "/"))
        #expect(answer.body.utf8Text == "abcde")
        #expect(answer.fields["X-Stream-Error"] == nil)
        #expect(answer.trailers["x-stream-error"] == "it broke")
        _ = server.stop()
    }

    @Test(arguments: [
        "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nabc",
        "Content-Length: 5\r\n\r\nabc",
    ])
    func anAnswerThatBreaksOffIsAnError(rest: String) throws {
        let server = try RawServer { connection in
            connection.readHead()
            connection.write("HTTP/1.1 200 OK\r\n" + rest)
        }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
        var body: [UInt8] = []
        var status: Status?
        let error = #expect(throws: HTTPClientError.self) {
            try client.send(ClientRequest(.get, "/")) { code, _ in
                status = code
            } onBody: {
                body += $0.array
            }
        }
        #expect(status == 200)
        #expect(body == Array("abc".utf8))
        #expect(error?.code == .brokenTransfer)
        #expect(error?.message.contains("after 3 bytes") == true)
        _ = server.stop()
    }

    @Test(
        arguments: [
            (["Content-Length": "0"], true), (["transfer-encoding": "gzip , Chunked"], true),
            (["Transfer-Encoding": "identity", "Content-Length": "5"], true), ([:], false),
            (["Transfer-Encoding": "chunked, gzip"], false), (["Connection": "close"], false),
        ] as [(Fields, Bool)])
    func aBodyHasAMarkedEndOrEndsWithTheConnection(fields: Fields, isMarked: Bool) {
        #expect(fields.markBodyEnd == isMarked)
    }

    /// libcurl takes some of these for a shorter length, and some for none.
    @Test(arguments: [
        ["100000000000000000000"], ["10", "3"], ["3", "3"], ["3, 10"], ["3x"], ["-3"], ["+3"], [""],
        ["0x3"],
    ])
    func aLengthThatIsNotOneNumberIsAnError(lengths: [String]) throws {
        let server = try RawServer { connection in
            connection.readHead()
            let fields = lengths.map { "Content-Length: \($0)\r\n" }.joined()
            connection.write("HTTP/1.1 200 OK\r\n\(fields)\r\nabc")
        }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
        let error = #expect(throws: HTTPClientError.self) {
            try client.fetch(ClientRequest(.get, "/"))
        }
        #expect(error?.code == .badAnswer || error?.code == .brokenTransfer)
        _ = server.stop()
    }

    @Test
    func aConnectionClosedWithoutAnAnswerIsAnError() throws {
        let server = try RawServer { $0.readHead() }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
        let error = #expect(throws: HTTPClientError.self) {
            try client.fetch(ClientRequest(.get, "/"))
        }
        #expect(error?.code == .connectionLost)
        _ = server.stop()
    }

    @Test
    func aPortWithoutAListenerIsAnError() throws {
        let server = try RawServer { _ in }
        _ = server.stop()
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
        let error = #expect(throws: HTTPClientError.self) {
            try client.fetch(ClientRequest(.get, "/"))
        }
        #expect(error?.code == .connectionRefused)
        #expect(error?.message.contains("Connection refused") == true)
        #expect(error?.message.contains("127.0.0.1:\(server.port)") == true)
    }

    @Test
    func aSocketFileThatIsNotThereIsAnError() {
        let client = HTTPClient(.unix(path: "/nonexistent/holdfast.sock"))
        let error = #expect(throws: HTTPClientError.self) {
            try client.fetch(ClientRequest(.get, "/"))
        }
        #expect(error?.code == .connectionRefused)
    }

    @Test
    func textThatIsNotHTTPIsAnError() throws {
        let server = try RawServer { connection in
            connection.readHead()
            connection.write("SSH-2.0-OpenSSH_9.2\r\n")
        }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
        let error = #expect(throws: HTTPClientError.self) {
            try client.fetch(ClientRequest(.get, "/"))
        }
        #expect(error?.code == .badAnswer)
        _ = server.stop()
    }

    @Test(arguments: [1, 1000])
    func aHeadOver64KiBIsRefused(lineCount: Int) throws {
        let line = "X-Long: " + String(repeating: "x", count: 80_000 / lineCount) + "\r\n"
        let server = try RawServer { connection in
            connection.readHead()
            connection.write("HTTP/1.1 200 OK\r\n")
            for _ in 0..<lineCount { connection.write(line) }
            connection.write("Content-Length: 0\r\n\r\n")
        }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
        let error = #expect(throws: HTTPClientError.self) {
            try client.fetch(ClientRequest(.get, "/"))
        }
        #expect(error?.code == .headTooLarge)
        _ = server.stop()
    }

    @Test
    func aBodyOverTheCallersLimitIsRefused() throws {
        let server = try RawServer { connection in
            connection.readHead()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world")
        }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
        let error = #expect(throws: HTTPClientError.self) {
            try client.fetch(ClientRequest(.get, "/"), upTo: 10)
        }
        #expect(error?.code == .bodyTooLarge)
        _ = server.stop()
    }

    @Test
    func theDeadlineEndsASilentTransfer() throws {
        let server = try RawServer { connection in
            connection.readHead()
            connection.readToEnd()
        }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
        let start = Instant.now
        let error = #expect(throws: HTTPClientError.self) {
            try client.fetch(ClientRequest(.get, "/", deadline: .after(.milliseconds(200))))
        }
        #expect(error?.code == .timedOut)
        #expect(Instant.now.elapsed(since: start) < .seconds(20))
        _ = server.stop()
    }

    @Test
    func aDeadlineInThePastSendsNothing() throws {
        let server = try RawServer { $0.readToEnd() }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
        let error = #expect(throws: HTTPClientError.self) {
            try client.fetch(ClientRequest(.get, "/", deadline: .after(.zero)))
        }
        #expect(error?.code == .timedOut)
        #expect(server.stop().isEmpty)
    }

    @Test
    func cancellingEndsASilentTransfer() throws {
        let cancellation = Cancellation()
        let server = try RawServer { connection in
            connection.readHead()
            cancellation.cancel()
            connection.readToEnd()
        }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
        let error = #expect(throws: HTTPClientError.self) {
            try client.fetch(ClientRequest(.get, "/", cancellation: cancellation))
        }
        #expect(error?.code == .cancelled)
        _ = server.stop()
    }

    @Test
    func aTransferUnderTheMinimumRateIsEnded() throws {
        let server = try RawServer { connection in
            connection.readHead()
            connection.readToEnd()
        }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
        let rate = MinimumRate(bytesPerSecond: 1000, seconds: 1)
        let error = #expect(throws: HTTPClientError.self) {
            try client.fetch(ClientRequest(.get, "/", minimumRate: rate))
        }
        #expect(error?.code == .tooSlow)
        _ = server.stop()
    }

    @Test
    func whatTheCallersFunctionsThrowIsTheCause() throws {
        let server = try RawServer { connection in
            connection.readHead()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
        let fromHead = #expect(throws: HTTPClientError.self) {
            try client.send(ClientRequest(.get, "/")) { _, _ in
                throw TestFailure()
            } onBody: { _ in
            }
        }
        #expect(fromHead?.code == .stopped && fromHead?.cause is TestFailure)
        let fromBody = #expect(throws: HTTPClientError.self) {
            try client.send(ClientRequest(.get, "/")) { _, _ in
            } onBody: { _ in
                throw TestFailure()
            }
        }
        #expect(fromBody?.code == .stopped && fromBody?.cause is TestFailure)
        _ = server.stop()
    }

    @Test(arguments: ["", "a", "/a b", "/a\r\nX: y", "/a#b", "/\u{7f}"])
    func aTargetThatWouldBreakTheHeadIsRefused(target: String) {
        let client = HTTPClient(.unix(path: "/nonexistent/holdfast.sock"))
        let error = #expect(throws: HTTPClientError.self) {
            try client.fetch(ClientRequest(.get, target))
        }
        #expect(error?.code == .badRequest)
    }

    /// libcurl refuses options of over 8,000,000 bytes, and calls heads over 1 MiB a lack of memory.
    @Test(arguments: [1_100_000, 9_000_000])
    func aHeadThatIsTooLongIsRefused(byteCount: Int) {
        let long = String(repeating: "a", count: byteCount)
        let requests: [(Endpoint, ClientRequest)] = [
            (.unix(path: "/nonexistent/s"), ClientRequest(.get, "/" + long)),
            (.unix(path: "/nonexistent/s"), ClientRequest(.get, "/", fields: ["X": long])),
            (.unix(path: "/" + long), ClientRequest(.get, "/")),
            (.tcp(host: long, port: 1), ClientRequest(.get, "/")),
            (.tcp(host: "127.0.0.1", port: 1, basePath: "/" + long), ClientRequest(.get, "/")),
        ]
        for (endpoint, request) in requests {
            let error = #expect(throws: HTTPClientError.self) {
                try HTTPClient(endpoint).fetch(request)
            }
            #expect(error?.code == .badRequest)
            #expect((error?.message.utf8.count ?? 0) < 4_096)
        }
    }

    @Test(arguments: [Endpoint.unix(path: "/a\u{0}b"), .tcp(host: "127.0.0.1\u{0}.x", port: 1)])
    func anAddressWithANULIsRefused(endpoint: Endpoint) {
        let error = #expect(throws: HTTPClientError.self) {
            try HTTPClient(endpoint).fetch(ClientRequest(.get, "/"))
        }
        #expect(error?.code == .badRequest)
    }

    @Test func aSocketWhosePathIsTooLongIsRefused() {
        let path = "/nonexistent/" + String(repeating: "x", count: 95)
        let error = #expect(throws: HTTPClientError.self) {
            try HTTPClient(.unix(path: path)).fetch(ClientRequest(.get, "/"))
        }
        #expect(error?.message.contains("the path of the socket is over 107 bytes") == true)
    }

    /// They are ways to another place than the one that is shown.
    @Test(arguments: [
        Endpoint.unix(path: ""), .tcp(host: "", port: 1), .tcp(host: "127.0.0.1#", port: 1),
        .tcp(host: "127.0.0.1?", port: 1), .tcp(host: "a@127.0.0.1", port: 1),
        .tcp(host: "::1]/", port: 1), .tcp(host: "127.0.0.1%23", port: 1),
    ])
    func anAddressThatLibcurlWouldTakeApartIsRefused(endpoint: Endpoint) {
        let error = #expect(throws: HTTPClientError.self) {
            try HTTPClient(endpoint).fetch(ClientRequest(.get, "/"))
        }
        #expect(error?.code == .badRequest)
        #expect(error?.message.hasPrefix("the address cannot be used: ") == true)
    }

    @Test(arguments: [("X", "a\r\nb"), ("X Y", "a"), ("", "a"), ("X:", "a"), ("X", "a\u{0}")])
    func aFieldThatWouldBreakTheHeadIsRefused(name: String, value: String) {
        let client = HTTPClient(.unix(path: "/nonexistent/holdfast.sock"))
        var fields = Fields()
        fields.append(name, value)
        let error = #expect(throws: HTTPClientError.self) {
            try client.fetch(ClientRequest(.get, "/", fields: fields))
        }
        #expect(error?.code == .badRequest)
    }
}

struct TestFailure: Error {}
