import Buffers
import HTTP
import HTTPServer
import Synchronization
import TestSupport
import Testing

/// A request that can be read in two ways is refused, and what stands behind it is never answered.
@Suite(.timeLimit(.minutes(20)))
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
            "a coding in front of chunked",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
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
        ("a length in HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nContent-Length: 0\r\n\r\n"),
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
        ("a negative length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"),
        ("a signed length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n"),
        ("a listed length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n"),
        ("a hexadecimal length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\n"),
        ("a method that is no token", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n"),
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
    }
}
