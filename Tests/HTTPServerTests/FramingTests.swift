import Buffers
import Execution
import HTTP
import HTTPServer
import Synchronization
import TestSupport
import Testing

/// A request that can be read in two ways is refused, and what stands behind it is never answered.
@Suite(.timeLimit(.minutes(40)))
struct FramingTests {
    static let refused: [(name: String, request: String)] = [
        (
            "both framing fields",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
        ),
        (
            "two different lengths",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n"
        ),
        (
            "two equal lengths",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n"
        ),
        (
            "an unknown coding",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n"
        ),
        (
            "two codings",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n"
        ),
        (
            "a coding with a blank behind it",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked \r\n\r\n"
        ),
        (
            "a coding in HTTP/1.0",
            "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        ),
        ("a length in HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nContent-Length: 1\r\n\r\na"),
        (
            "a blank before the colon",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n"
        ),
        ("a field name that is no token", "GET / HTTP/1.1\r\nHost: a\r\nB(d: x\r\n\r\n"),
        ("a bare CR in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: b\rc\r\n\r\n"),
        ("a NUL byte in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: b\u{0}c\r\n\r\n"),
        ("a NUL byte at the end of a value", "GET / HTTP/1.1\r\nHost: a\r\nX: b\u{0}\r\n\r\n"),
        ("a NUL byte in front of a name", "GET / HTTP/1.1\r\nHost: a\r\n\u{0}X: b\r\n\r\n"),
        ("another control byte in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: b\u{1}c\r\n\r\n"),
        ("a folded line", "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\nY: d\r\n\r\n"),
        ("a folded last line", "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n\tc\r\n\r\n"),
        ("a control byte in the target", "GET /a\u{1}b HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("a NUL byte in the target", "GET /a\u{0}b HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("a fragment in the target", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        ("no Host", "GET / HTTP/1.1\r\nX: a\r\n\r\n"),
        ("two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"),
        ("a blank in the Host", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
        ("a user in the Host", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n"),
        ("a path in the Host", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        ("letters beyond ASCII in the Host", "GET / HTTP/1.1\r\nHost: ä\r\n\r\n"),
        ("a negative length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"),
        ("a signed length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n"),
        ("a listed length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n"),
        ("a hexadecimal length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\n"),
        ("a method that is no token", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("two blanks before the target", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("a lone LF behind the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n"),
        ("a lone LF behind a field", "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"),
        ("a lone LF as the empty line", "GET / HTTP/1.1\r\nHost: a\r\n\n"),
        ("lone LFs everywhere", "GET / HTTP/1.1\nHost: a\n\n"),
        ("another host in the target", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("another port in the target", "GET http://a:81/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("no host in the target", "GET http:///a HTTP/1.1\r\nHost:\r\n\r\n"),
        ("another scheme in the target", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("a user in the target", "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        (
            "a coding behind chunked",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n"
        ),
        ("a length and a blank", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1 \r\n\r\n"),
        ("two lengths in one field", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5 5\r\n\r\n"),
        ("an empty length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n"),
    ]

    @Test(arguments: refused)
    func anAmbiguousRequestIsRefusedAndTheNextOneIsNotAnswered(
        name: String, request: String
    ) throws {
        let asked = Atomic(0)
        let listener = try Listener(.testing()) { _ in
            asked.add(1, ordering: .relaxed)
            return .respond(.text(.ok, "answered"))
        }
        defer { listener.stop() }
        let client = try RawClient(port: #require(listener.port))
        client.send(request + "GET /second HTTP/1.1\r\nHost: a\r\n\r\n")
        let answer = client.readToEnd()
        #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(name): \(answer)")
        #expect(answer.contains("Connection: close\r\n"))
        #expect(!answer.contains("answered"))
        #expect(asked.load(ordering: .relaxed) == 0)
        #expect(answer.split(separator: "HTTP/1.1 4").count == 1, "\(name): \(answer)")
    }

    @Test func inHTTP10TheTargetMayBeTheOnlyOneToNameTheHost() throws {
        let listener = try Listener(.testing()) { _ in .respond(.text(.ok, "answered")) }
        defer { listener.stop() }
        for (host, isRight) in [("", true), ("Host: a\r\n", true), ("Host: b\r\n", false)] {
            let client = try RawClient(port: #require(listener.port))
            client.send("GET http://a/ HTTP/1.0\r\n\(host)\r\n")
            #expect(client.readToEnd().hasSuffix("answered") == isRight, "\(host)")
        }
    }

    @Test func aCodingInFrontOfChunkedIsNotImplemented() throws {
        let listener = try Listener(.testing()) { _ in .respond(.text(.ok, "answered")) }
        defer { listener.stop() }
        for (coding, status) in [
            ("gzip, chunked", 501), ("gzip,x-y , Chunked", 501), ("gzip", 400), ("identity", 400),
            ("chunked, gzip", 400), ("chunked, chunked", 400),
        ] {
            let client = try RawClient(port: #require(listener.port))
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \(coding)\r\n\r\n")
            #expect(client.readToEnd().hasPrefix("HTTP/1.1 \(status) "), "\(coding)")
        }
    }

    @Test func aLengthBeyondAllNumbersIsTooLarge() throws {
        let listener = try Listener(.testing()) { _ in .respond(.text(.ok, "answered")) }
        defer { listener.stop() }
        let client = try RawClient(port: #require(listener.port))
        let length = "99999999999999999999"
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\nbody")
        let answer = client.readToEnd()
        #expect(answer.hasPrefix("HTTP/1.1 413 "))
        #expect(answer.hasSuffix("\r\n\r\nthe Content-Length is larger than any body\n"))
    }

    @Test(arguments: ["GET /a b HTTP/1.1", "GET  / HTTP/1.1"])
    func aBlankInTheTargetIsAnswered(line: String) throws {
        let listener = try Listener(.testing()) { _ in .respond(.text(.ok, "answered")) }
        defer { listener.stop() }
        let client = try RawClient(port: #require(listener.port))
        #expect(client.exchange(line + "\r\nHost: a\r\n\r\n").hasPrefix("HTTP/1.1 400 "))
    }

    /// Request lines that libmicrohttpd itself ends the connection for.
    @Test(arguments: [
        " GET / HTTP/1.1", "GET /  HTTP/1.1", "GET / HTTP/1.1 ", "GET /\tHTTP/1.1",
        "GET\t/ HTTP/1.1",
        "GET / HTTP/1.1\t", "GET /a b HTTP/1.1", "GET / HTTP/1.1 x", "GET / HTTP/2.0",
    ])
    func aRequestLineWithStrayBlanksIsNotAnswered(line: String) throws {
        let asked = Atomic(0)
        let listener = try Listener(.testing()) { _ in
            asked.add(1, ordering: .relaxed)
            return .respond(.text(.ok, "answered"))
        }
        defer { listener.stop() }
        let client = try RawClient(port: #require(listener.port))
        client.send(line + "\r\nHost: a\r\n\r\nGET /second HTTP/1.1\r\nHost: a\r\n\r\n")
        let answer = client.readToEnd()
        #expect(answer == "" || answer.hasPrefix("HTTP/1.1 4") || answer.hasPrefix("HTTP/1.1 5"))
        #expect(asked.load(ordering: .relaxed) == 0)
    }

    /// Bodies in chunks whose end two programs might see in different places.
    @Test(arguments: [
        "5\nhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhello\r\n0\n\r\n",
        "5\r\nhello\r\n0\r\n\n", "5 \r\nhello\r\n0\r\n\r\n", "5\r\nhello!\r\n0\r\n\r\n",
        "5;a\nhello\r\n0\r\n\r\n", "0\r\nX: y\n\r\n", "0\r\nX: y\r\n z\r\n\r\n",
    ])
    func aBodyInBadChunksIsRefusedHoweverItArrives(body: String) throws {
        let finished = Atomic(0)
        let listener = try Listener(.testing()) { _ in
            .receive(
                CollectingReceiver(limit: 1_000) { _ in
                    finished.add(1, ordering: .relaxed)
                    return .text(.ok, "answered")
                })
        }
        defer { listener.stop() }
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        let second = "GET /second HTTP/1.1\r\nHost: a\r\n\r\n"
        let whole = Array((head + body + second).utf8)
        for cut in [0, head.utf8.count, head.utf8.count + 1, head.utf8.count + body.utf8.count] {
            let client = try RawClient(port: #require(listener.port))
            client.send(Array(whole[..<cut]))
            // A moment, so that the parts are read one after the other.
            _ = Monitor(false).wait(by: .after(.milliseconds(5))) { _ in Bool?.none }
            client.send(Array(whole[cut...]))
            let answer = client.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(cut): \(answer)")
            #expect(answer.contains("Connection: close\r\n"))
            #expect(!answer.contains("answered"))
        }
        #expect(finished.load(ordering: .relaxed) == 0)
    }

    @Test func whatFollowsABodyInChunksIsNotReadAsARequest() throws {
        let paths = Locked<[String]>([])
        let listener = try Listener(.testing()) { request in
            paths.withLock { $0.append(request.path) }
            return .receive(CountingReceiver())
        }
        defer { listener.stop() }
        let client = try RawClient(port: #require(listener.port))
        client.send(
            "POST /one HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"
                + "0\r\n\r\nGET /two HTTP/1.1\r\nHost: a\r\n\r\n")
        let answer = client.readToEnd()
        #expect(answer.hasSuffix("received 1"))
        #expect(answer.contains("Connection: close\r\n"))
        #expect(paths.withLock { $0 } == ["/one"])
    }

    @Test(arguments: [
        ("HTTP/1.1", "100-Continue", 200), ("HTTP/1.1", "200-ok", 417), ("HTTP/1.1", "", 417),
        ("HTTP/1.1", "100-continue, x", 417), ("HTTP/1.0", "200-ok", 200),
    ])
    func onlyOneExpectationIsMet(version: String, value: String, status: Int) throws {
        let listener = try Listener(.testing()) { _ in .respond(.text(.ok, "answered")) }
        defer { listener.stop() }
        let answer = try RawClient(port: #require(listener.port)).exchange(
            "GET / \(version)\r\nHost: a\r\nExpect: \(value)\r\nConnection: close\r\n\r\n")
        // Nobody waits for a 100 where there is no body to be sent.
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
        #expect(answer.contains("answered") == (status == 200))
    }

    @Test func noBodyInHTTP10IsAnswered() throws {
        let listener = try Listener(.testing()) { _ in .respond(.text(.ok, "answered")) }
        defer { listener.stop() }
        let answer = try RawClient(port: #require(listener.port)).exchange(
            "GET / HTTP/1.0\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
        #expect(answer.contains("answered"), "\(answer)")
    }

    @Test(arguments: ["a ", "a:80\t ", "[::1]:80", "a%20b", "A.b-c_d~e"])
    func aHostMayBeAnythingThatAHostIsMadeOf(host: String) throws {
        let listener = try Listener(.testing()) { _ in .respond(.text(.ok, "answered")) }
        defer { listener.stop() }
        let answer = try RawClient(port: #require(listener.port)).exchange(
            "GET / HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 200 "), "\(answer)")
    }

    @Test func anExpectationWithoutABodyHoldsNothingUp() throws {
        let listener = try Listener(.testing()) { .respond(.text(.ok, $0.path)) }
        defer { listener.stop() }
        let client = try RawClient(port: #require(listener.port))
        client.send("GET /one HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n")
        client.send("GET /two HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        let answers = client.readToEnd().split(separator: "HTTP/1.1 ")
        #expect(answers.map { $0.prefix(3) } == ["200", "200"])
        #expect(answers.map { $0.suffix(4) } == ["/one", "/two"])
    }

    @Test(arguments: [
        ("close", true), ("keep-alive, Close", true), ("x-close", false), ("closed, x", false),
    ])
    func closeIsAWordOfConnectionAndNoPartOfOne(value: String, closes: Bool) throws {
        let listener = try Listener(.testing()) { request in
            request.path == "/large"
                ? .respond(
                    Response(.ok, body: .source(PieceSource([Bytes(utf8: "one")]), length: 3)))
                : .respond(.text(.ok, "two"))
        }
        defer { listener.stop() }
        for path in ["/large", "/small"] {
            let client = try RawClient(port: #require(listener.port))
            client.send("GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: \(value)\r\n\r\n")
            client.send("GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let count = client.readToEnd().split(separator: "HTTP/1.1 200 OK").count
            #expect(count == (closes ? 1 : 2), "\(path)")
        }
    }

    @Test func theHostOfAnAbsoluteTargetMayBeSpeltOtherwise() throws {
        let listener = try Listener(.testing()) { .respond(.text(.ok, $0.path)) }
        defer { listener.stop() }
        let answer = try RawClient(port: #require(listener.port)).exchange(
            "GET http://EXAMPLE:80/x HTTP/1.1\r\nHost: example:80\r\nConnection: close\r\n\r\n")
        #expect(answer.hasSuffix("/x"))
    }

    @Test func fieldsAreCounted() throws {
        let listener = try Listener(.testing()) { _ in .respond(.text(.ok, "answered")) }
        defer { listener.stop() }
        for (count, status) in [(254, 200), (255, 431), (2_000, 431)] {
            let answer = try RawClient(port: #require(listener.port)).exchange(
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                    + String(repeating: "a:b\r\n", count: count) + "\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(count): \(answer.prefix(60))")
        }
    }
}
