import Buffers
import Execution
import HTTP
import HTTPServer
import Testing

@testable import HTTPClient

/// The client and the server of this project with each other, over TCP and within the process.
@Suite(.timeLimit(.minutes(40)))
struct ListenerExchangeTests {
    @Test(arguments: [true, false])
    func uploadsOfAnyFramingArriveWhole(isInProcess: Bool) throws {
        let listener = try makeListener(isInProcess: isInProcess) { _ in
            .receive(CollectingReceiver(limit: 1 << 24) { .text(200, "\($0.count)") })
        }
        defer { listener.stop() }
        let client = try makeClient(listener)
        let piece = Bytes([UInt8](repeating: 7, count: 300_001))
        var rest = 20
        let produce = { () -> Bytes? in
            rest -= 1
            return rest >= 0 ? piece : nil
        }
        let chunked = try client.fetch(ClientRequest(.post, "/", body: .producer(produce)))
        #expect(chunked.body.utf8Text?.hasPrefix("\(20 * 300_001)") == true)
        rest = 20
        let sized = try client.fetch(
            ClientRequest(.post, "/", body: .producer(produce, length: 20 * 300_001)))
        #expect(sized.body.utf8Text?.hasPrefix("\(20 * 300_001)") == true)
        let whole = try client.fetch(ClientRequest(.post, "/", body: .bytes(piece)))
        #expect(whole.body.utf8Text?.hasPrefix("300001") == true)
    }

    @Test(arguments: [true, false])
    func aStreamComesWithItsTrailers(isInProcess: Bool) throws {
        let listener = try makeListener(isInProcess: isInProcess) { _ in
            .respond(Response(200, body: .source(Pieces(count: 40), length: nil)))
        }
        defer { listener.stop() }
        let answer = try makeClient(listener).fetch(ClientRequest(.get, "/"))
        #expect(answer.body.count == 40 * Pieces.pieceByteCount)
        #expect(answer.trailers["X-Count"] == "40")
    }

    @Test(arguments: [true, false])
    func aStreamThatFailsIsABrokenTransfer(isInProcess: Bool) throws {
        let listener = try makeListener(isInProcess: isInProcess) { _ in
            .respond(Response(200, body: .source(Pieces(count: 40, failsAt: 30), length: nil)))
        }
        defer { listener.stop() }
        let client = try makeClient(listener)
        let error = #expect(throws: HTTPClientError.self) {
            try client.fetch(ClientRequest(.get, "/"))
        }
        #expect(error?.code == .brokenTransfer)
    }

    @Test
    func aRefusalOfALargeUploadIsTheAnswer() throws {
        let listener = try makeListener(isInProcess: true) { _ in
            .respond(.text(413, "too large"))
        }
        defer { listener.stop() }
        let piece = Bytes([UInt8](repeating: 7, count: 1 << 20))
        var rest = 64
        let answer = try makeClient(listener).fetch(
            ClientRequest(
                .post, "/",
                body: .producer {
                    rest -= 1
                    return rest >= 0 ? piece : nil
                }))
        #expect(answer.status == 413)
    }

    private func makeListener(
        isInProcess: Bool, _ handler: @escaping Handler
    ) throws -> Listener {
        try Listener(
            ListenerOptions(
                name: "test",
                address: isInProcess ? .inProcess : .tcp(host: "127.0.0.1", port: 0)),
            handler: handler)
    }

    private func makeClient(_ listener: Listener) throws -> HTTPClient {
        if case .inProcess = listener.options.address {
            return HTTPClient(.inProcess { try listener.connect() })
        }
        return HTTPClient(.tcp(host: "127.0.0.1", port: try #require(listener.port)))
    }
}

/// A body of equal pieces, which may fail before its end.
private final class Pieces: BodySource {
    static let pieceByteCount = 50_000

    private let count: Int
    private let failsAt: Int?
    private var given = 0
    private var piece = Bytes([UInt8](repeating: 7, count: pieceByteCount))

    init(count: Int, failsAt: Int? = nil) {
        self.count = count
        self.failsAt = failsAt
    }

    func next(limit: Int) throws -> Bytes? {
        guard given != failsAt else { throw TestFailure() }
        guard given < count else { return nil }
        given += 1
        return piece
    }

    var trailers: Fields { ["X-Count": "\(count)"] }
}
