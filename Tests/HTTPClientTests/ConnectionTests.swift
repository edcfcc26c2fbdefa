import Buffers
import Glibc
import HTTP
import TestSupport
import Testing

@testable import HTTPClient

@Suite(.timeLimit(.minutes(40)))
struct ConnectionTests {
    @Test
    func aConnectionIsUsedAgain() throws {
        let server = try RawServer { answerAll($0) }
        do {
            let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
            for number in 0..<20 {
                #expect(try client.fetch(ClientRequest(.get, "/\(number)")).body.utf8Text == "ok")
            }
        }
        #expect(server.stop().count == 1)
    }

    @Test
    func aRestingConnectionThatWasClosedIsMadeAnew() throws {
        let server = try RawServer { connection in
            connection.readHead()
            connection.read(until: "hello")
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
        for _ in 0..<5 {
            let answer = try client.fetch(
                ClientRequest(.post, "/", body: .bytes(Bytes(utf8: "hello"))))
            #expect(answer.body.utf8Text == "ok")
        }
        #expect(server.stop().count == 5)
    }

    /// The other side lets the kept connection go just when the next request comes on it.
    @Test(arguments: [5, 100_000])
    func aBodyNeverMeetsAConnectionThatIsJustBeingClosed(byteCount: Int) throws {
        let body = Bytes(utf8: String(repeating: "x", count: byteCount - 1) + "!")
        let farEnds = FarEnds { connection in
            connection.readHead()
            connection.read(until: "!")
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            connection.readHead()
        }
        do {
            let client = HTTPClient(.inProcess { farEnds.connect() })
            for _ in 0..<3 {
                let answer = try client.fetch(ClientRequest(.post, "/", body: .bytes(body)))
                #expect(answer.body.utf8Text == "ok")
            }
        }
        #expect(farEnds.join() == 3)
    }

    @Test
    func aProducerNeverMeetsAConnectionThatWasJustClosed() throws {
        let server = try RawServer { connection in
            connection.readHead()
            connection.read(until: "0\r\n\r\n")
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
        for _ in 0..<50 {
            var pieces = [Bytes(utf8: "hello")]
            let answer = try client.fetch(
                ClientRequest(.post, "/", body: .producer { pieces.popLast() }))
            #expect(answer.body.utf8Text == "ok")
        }
        #expect(server.stop().count == 50)
    }

    @Test
    func aUnixSocketIsConnectedTo() throws {
        let path = "/tmp/holdfast-client-test-\(getpid()).sock"
        let server = try RawServer(path: path) { answerAll($0) }
        defer { unsafe unlink(path) }
        do {
            let client = HTTPClient(.unix(path: path))
            #expect(try client.fetch(ClientRequest(.get, "/a")).body.utf8Text == "ok")
        }
        #expect(server.stop() == ["GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n"])
    }

    @Test
    func aConnectedSocketIsUsedWithinTheProcess() throws {
        let farEnds = FarEnds { answerAll($0) }
        do {
            let client = HTTPClient(.inProcess { farEnds.connect() })
            for _ in 0..<3 {
                #expect(try client.fetch(ClientRequest(.get, "/a")).body.utf8Text == "ok")
            }
        }
        #expect(farEnds.join() == 1)
    }

    @Test
    func aSocketThatCannotBeMadeIsAnError() {
        let client = HTTPClient(.inProcess { throw TestFailure() })
        let error = #expect(throws: HTTPClientError.self) {
            try client.fetch(ClientRequest(.get, "/"))
        }
        #expect(error?.code == .connectionRefused && error?.cause is TestFailure)
    }
}

/// Answers every request of a connection until the other side closes it.
func answerAll(_ connection: RawConnection) {
    while connection.readHead() {
        connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    }
}
