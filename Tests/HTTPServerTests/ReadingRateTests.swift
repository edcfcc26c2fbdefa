import Buffers
import Execution
import HTTP
import TestSupport
import Testing

@testable import HTTPServer

/// How fast a client has to take an answer: who takes some of it steadily keeps the connection.
@Suite(.timeLimit(.minutes(40)))
struct ReadingRateTests {
    private let get = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    /// A piece is a whole block: the time for all of it would be that of many clients which take nothing.
    @Test func whoTakesNothingOfALargePieceIsTooSlowForAPartOfIt() throws {
        var options = ListenerOptions.testing()
        // For all of the piece ten minutes.
        options.progressRateMin = 16 * 1_024
        options.progressWindow = .milliseconds(10)
        let listener = try Listener(options) { _ in
            let source = RemakingSource(pieces: 1, of: 10_000_000)
            return .respond(Response(.ok, body: .source(source, length: 10_000_000)))
        }
        defer { listener.stop() }
        let client = RawClient(port: try #require(listener.port))
        client.send(get)
        let deadline = Deadline.after(.seconds(60))
        while listener.statistics.brokenExchanges == 0, !deadline.hasPassed {
            pause(for: .milliseconds(10))
        }
        #expect(listener.statistics.brokenExchanges == 1)
        #expect(client.readAll().count < 10_000_000)
    }

    /// The last of many small pieces waits behind megabytes that the socket has taken before.
    @Test(arguments: [true, false])
    func whoTakesSmallPiecesSteadilyIsFastEnough(isChunked: Bool) throws {
        var options = ListenerOptions.testing()
        // Much less than the client takes: other tests may keep it from its turn for seconds.
        options.progressRateMin = 4 * 1_024
        options.progressWindow = .seconds(2)
        let (count, byteCount) = (1_000, 8_000)
        let listener = try Listener(options) { _ in
            let source = RemakingSource(pieces: count, of: byteCount)
            let length = isChunked ? nil : UInt64(count * byteCount)
            return .respond(Response(.ok, body: .source(source, length: length)))
        }
        defer { listener.stop() }
        let client = RawClient(port: try #require(listener.port))
        client.send(get)
        var received = 0
        // The socket asks for more when it has room for a third: at this rate after more than the window.
        for _ in 0..<30 {
            pause(for: .milliseconds(300))
            received += client.readSome(upTo: 60_000).count
        }
        received += client.readAll().count
        #expect(received > count * byteCount)
        #expect(listener.statistics.brokenExchanges == 0)
    }

    @Test func whoTakesALargePieceInPartsIsFastEnough() throws {
        var options = ListenerOptions.testing()
        options.progressRateMin = 16 * 1_024
        options.progressWindow = .milliseconds(10)
        let source = RemakingSource(pieces: 1, of: 10_000_000)
        let listener = try Listener(options) { _ in
            .respond(Response(.ok, body: .source(source, length: 10_000_000)))
        }
        defer { listener.stop() }
        let client = RawClient(port: try #require(listener.port))
        client.send(get)
        var answer: [UInt8] = []
        // Longer than a client has that takes nothing.
        for _ in 0..<20 {
            pause(for: .milliseconds(400))
            answer += client.readSome(upTo: 200_000)
        }
        answer += client.readAll()
        #expect(bodyBytes(of: answer) == source.whole(pieces: 1))
    }

    @Test func whoTakesNothingLosesTheConnectionWithTheTimeOfTheExchange() throws {
        let source = RemakingSource(pieces: 2, of: 1_000_000)
        var options = ListenerOptions(name: "own", address: .inProcess)
        // Without a rate only the end of the exchange is left.
        options.progressRateMin = 0
        options.progressWindow = .milliseconds(10)
        options.exchangeTimeout = .milliseconds(50)
        let listener = try Listener(options) { _ in
            .respond(Response(.ok, body: .source(source, length: 2_000_000)))
        }
        defer { listener.stop() }
        let client = try RawClient(socket: listener.connect())
        client.send(get)
        let deadline = soon()
        while listener.statistics.brokenExchanges == 0, !deadline.hasPassed { Thread.yield() }
        #expect(listener.statistics.brokenExchanges == 1)
        #expect(client.readAll().count < 2_000_000)
    }
}
