import Buffers
import Execution
import HTTP
import TestSupport
import Testing

@testable import HTTPClient

@Suite(.timeLimit(.minutes(40)))
struct UploadTests {
    @Test
    func bytesGoOutWithTheirLength() throws {
        let server = try RawServer { connection in
            connection.readHead()
            connection.read(until: "hello")
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
        _ = try client.fetch(
            ClientRequest(
                .put, "/", fields: ["Content-Type": "text/plain"],
                body: .bytes(Bytes(utf8: "hello"))))
        #expect(
            server.stop() == [
                "PUT / HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nContent-Type: text/plain\r\n"
                    + "Content-Length: 5\r\n\r\nhello"
            ])
    }

    @Test
    func aProducerWithoutALengthIsSentChunked() throws {
        let server = try RawServer { connection in
            connection.readHead()
            connection.read(until: "0\r\n\r\n")
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
        var pieces = ["one", "two", "", "three"].map { Bytes(utf8: $0) }
        _ = try client.fetch(
            ClientRequest(
                .post, "/", body: .producer { pieces.isEmpty ? nil : pieces.removeFirst() }))
        #expect(
            server.stop() == [
                "POST / HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n6\r\nonetwo\r\n5\r\nthree\r\n0\r\n\r\n"
            ])
    }

    @Test
    func aProducerWithALengthIsSentWithIt() throws {
        let server = try RawServer { connection in
            connection.readHead()
            connection.read(until: "onetwo")
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
        var pieces = ["one", "two"].map { Bytes(utf8: $0) }
        _ = try client.fetch(
            ClientRequest(
                .post, "/",
                body: .producer({ pieces.isEmpty ? nil : pieces.removeFirst() }, length: 6)))
        #expect(server.stop().first?.hasSuffix("Content-Length: 6\r\n\r\nonetwo") == true)
    }

    @Test(arguments: [5, 7] as [UInt64])
    func aProducerThatGivesAnotherLengthBreaksTheRequestOff(length: UInt64) throws {
        let server = try RawServer { $0.readToEnd() }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
        var pieces = ["one", "two"].map { Bytes(utf8: $0) }
        let error = #expect(throws: HTTPClientError.self) {
            try client.fetch(
                ClientRequest(
                    .post, "/",
                    body: .producer({ pieces.isEmpty ? nil : pieces.removeFirst() }, length: length)
                ))
        }
        #expect(error?.code == .badRequest)
        _ = server.stop()
    }

    @Test
    func aProducerThatThrowsBreaksTheRequestOff() throws {
        let server = try RawServer { $0.readToEnd() }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
        var isFirst = true
        let error = #expect(throws: HTTPClientError.self) {
            try client.fetch(
                ClientRequest(
                    .post, "/",
                    body: .producer {
                        guard isFirst else { throw TestFailure() }
                        isFirst = false
                        return Bytes(utf8: "one")
                    }))
        }
        #expect(error?.code == .stopped && error?.cause is TestFailure)
        let sent = server.stop()
        #expect(sent.count == 1)
        #expect(sent.first?.hasSuffix("0\r\n\r\n") == false)
    }

    @Test
    func aLargeBodyArrivesWhole() throws {
        let piece = Bytes([UInt8](repeating: 7, count: 100_000))
        let server = try RawServer { connection in
            connection.readHead()
            let isWhole = connection.skip(50 * 100_000)
            connection.write("HTTP/1.1 \(isWhole ? 200 : 400) X\r\nContent-Length: 0\r\n\r\n")
        }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
        var rest = 50
        let answer = try client.fetch(
            ClientRequest(
                .post, "/",
                body: .producer(
                    {
                        rest -= 1
                        return rest >= 0 ? piece : nil
                    }, length: 50 * 100_000)))
        #expect(answer.status == 200)
        _ = server.stop()
    }

    /// A producer that gives its pieces when it is allowed to, as a pipe does.
    private func held(
        _ pieces: [String], until isAllowed: @escaping (Int) -> Bool
    ) -> ClientRequest.Body {
        var given = 0
        return .producer(
            {
                defer { given += 1 }
                return given < pieces.count ? Bytes(utf8: pieces[given]) : nil
            },
            isReady: { duration in
                if isAllowed(given) { return true }
                _ = Pending<Void>().value(by: .after(duration))
                return isAllowed(given)
            })
    }

    @Test
    func aRefusalIsReadWhileTheBodyIsNotReady() throws {
        let server = try RawServer { connection in
            connection.readHead()
            connection.read(until: "3\r\none\r\n")
            connection.write("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy")
            connection.readToEnd()
        }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
        let answer = try client.fetch(
            ClientRequest(
                .post, "/", body: held(["one", "two"]) { $0 == 0 }, deadline: .after(.seconds(60))))
        #expect(answer.status == 503)
        #expect(answer.body == "busy")
        #expect(server.stop().first?.hasSuffix("\r\n\r\n3\r\none\r\n") == true)
    }

    @Test
    func anAnswerThatBeginsWhileTheBodyIsNotReadyIsReadOn() throws {
        let server = try RawServer { connection in
            connection.readHead()
            connection.read(until: "3\r\none\r\n")
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\ngo\r\n")
            connection.read(until: "3\r\ntwo\r\n0\r\n\r\n")
            connection.write("2\r\non\r\n0\r\n\r\n")
        }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
        var answer = ""
        _ = try client.send(
            ClientRequest(
                .post, "/", body: held(["one", "two"]) { $0 != 1 || answer == "go" },
                deadline: .after(.seconds(60))),
            onHead: { status, _ in #expect(status == 200) },
            onBody: { answer += $0.displayText })
        #expect(answer == "goon")
        _ = server.stop()
    }

    @Test
    func aBodyThatIsNeverReadyEndsInTimeAndWhenItIsCancelled() throws {
        let server = try RawServer { $0.readToEnd() }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
        var request = ClientRequest(.post, "/", body: held([]) { _ in false })
        request.deadline = .after(.milliseconds(100))
        let late = #expect(throws: HTTPClientError.self) { try client.fetch(request) }
        #expect(late?.code == .timedOut)
        request.deadline = .never
        let cancellation = Cancellation()
        request.cancellation = cancellation
        request.body = held([]) { _ in
            cancellation.cancel()
            return false
        }
        let cancelled = #expect(throws: HTTPClientError.self) { try client.fetch(request) }
        #expect(cancelled?.code == .cancelled)
        _ = server.stop()
    }

    @Test
    func aRefusalInTheMiddleOfTheBodyIsTheAnswer() throws {
        let server = try RawServer { connection in
            connection.readHead()
            connection.write(
                "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 4\r\n\r\nfull"
            )
            connection.readToEnd()
        }
        let client = HTTPClient(.tcp(host: "127.0.0.1", port: server.port))
        let piece = Bytes([UInt8](repeating: 7, count: 1 << 20))
        let answer = try client.fetch(ClientRequest(.post, "/", body: .producer { piece }))
        #expect(answer.status == 413)
        #expect(answer.body.utf8Text == "full")
        _ = server.stop()
    }
}
