import Buffers
import Execution
import HTTP
import HTTPServer
import TestSupport
import Testing

/// Uploads that stop in the middle hold nothing that others need.
@Suite(.timeLimit(.minutes(40)))
struct StalledUploadTests {
    /// Tells what it was told, and keeps the bytes.
    private final class TellingReceiver: BodyReceiver, Sendable {
        enum Event: Equatable { case piece(Int), pause, finish, abandon }

        let events = Monitor<[Event]>([])
        private let content = Locked<[UInt8]>([])

        func receive(_ piece: Bytes) {
            content.withLock { $0 += piece.array }
            events.notify { $0.append(.piece(piece.count)) }
        }

        func pause() { events.notify { $0.append(.pause) } }

        func finish() -> Response {
            events.notify { $0.append(.finish) }
            return .text(.ok, "received \(content.withLock { $0.count })")
        }

        func abandon() { events.notify { $0.append(.abandon) } }

        /// Waits until so many bytes have come and then a pause.
        func waitForPause(behind byteCount: Int) -> [Event] {
            events.wait(by: .after(.seconds(20))) { events in
                events.last == .pause && Self.byteCount(events) == byteCount ? events : nil
            } ?? []
        }

        private static func byteCount(_ events: [Event]) -> Int {
            events.reduce(0) { sum, event in
                if case .piece(let count) = event { sum + count } else { sum }
            }
        }
    }

    private func gathering(_ listener: Listener) -> Int? { listener.figure("gathering_bytes") }

    @Test(arguments: [true, false])
    func whatHasComeIsDeliveredBeforeAPauseAndTheShareIsFree(isChunked: Bool) throws {
        let receiver = TellingReceiver()
        let listener = try Listener(.testing()) { _ in .receive(receiver) }
        defer { listener.stop() }
        let client = try RawClient(port: #require(listener.port))
        let framing = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: 60000"
        client.send("POST / HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n")
        let piece = String(repeating: "x", count: 20_000)
        for count in 1...2 {
            client.send(isChunked ? "4e20\r\n\(piece)\r\n" : piece)
            #expect(!receiver.waitForPause(behind: count * 20_000).isEmpty)
            #expect(gathering(listener) == 0)
        }
        client.send(isChunked ? "4e20\r\n\(piece)\r\n0\r\n\r\n" : piece)
        #expect(client.readToEnd().hasSuffix("received 60000"))
        #expect(receiver.events.withLock { $0.last } == .finish)
    }

    @Test func aPauseComesOnceForEachStall() throws {
        let receiver = TellingReceiver()
        let listener = try Listener(.testing()) { _ in .receive(receiver) }
        defer { listener.stop() }
        let client = try RawClient(port: #require(listener.port))
        client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        #expect(receiver.waitForPause(behind: 0) == [.pause])
        client.send("3\r\nabc\r\n")
        #expect(receiver.waitForPause(behind: 3) == [.pause, .piece(3), .pause])
        client.send("0\r\n\r\n")
        #expect(client.readToEnd().hasSuffix("received 3"))
        #expect(
            receiver.events.withLock { $0 } == [.pause, .piece(3), .pause, .finish])
    }

    @Test func stalledUploadsDoNotHoldUpOthers() throws {
        let receivers = Locked<[TellingReceiver]>([])
        let listener = try Listener(.testing()) { request in
            guard request.path == "/stalled" else { return .receive(CountingReceiver()) }
            let receiver = TellingReceiver()
            receivers.withLock { $0.append(receiver) }
            return .receive(receiver)
        }
        defer { listener.stop() }
        let port = try #require(listener.port)
        let stalled = (0..<100).map { index in
            let client = RawClient(port: port)
            let framing = index % 2 == 0 ? "Transfer-Encoding: chunked" : "Content-Length: 9999999"
            client.send("POST /stalled HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n")
            client.send(index % 2 == 0 ? "200000\r\n" : "")
            client.send([UInt8](repeating: 1, count: 300_000))
            return client
        }
        let deadline = Deadline.after(.seconds(20))
        while receivers.withLock({ $0.count }) < stalled.count, !deadline.hasPassed {
            Thread.yield()
        }
        for receiver in receivers.withLock({ $0 }) {
            #expect(!receiver.waitForPause(behind: 300_000).isEmpty)
        }
        #expect(gathering(listener) == 0)
        let honest = RawClient(port: port)
        honest.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n")
        honest.send([UInt8](repeating: 2, count: 5_000_000))
        #expect(honest.readToEnd().hasSuffix("received 5000000"))
        withExtendedLifetime(stalled) {}
    }

    @Test func whoSendsHardlyAnythingHoldsNoShare() throws {
        let receiver = TellingReceiver()
        let listener = try Listener(.testing()) { _ in .receive(receiver) }
        defer { listener.stop() }
        let client = try RawClient(port: #require(listener.port))
        client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        let deadline = soon()
        var sentCount = 0
        var freeCount = 0
        // It never sends nothing for as long as a stall is; an unlucky test sometimes does.
        while freeCount < 50, !deadline.hasPassed {
            client.send("1\r\nx\r\n")
            sentCount += 1
            pause(for: .milliseconds(5))
            freeCount = gathering(listener) == 0 ? freeCount + 1 : 0
        }
        #expect(freeCount == 50)
        let large = String(repeating: "y", count: 1_000_000)
        client.send("f4240\r\n\(large)\r\n0\r\n\r\n")
        #expect(client.readToEnd().hasSuffix("received \(sentCount + 1_000_000)"))
        let events = receiver.events.withLock { $0 }
        // Behind each piece while it is slow, and not byte by byte.
        #expect(events.count { $0 == .pause } >= 2)
        #expect(events.count { $0 == .pause } < sentCount)
    }

    /// What an upload keeps through a pause is others' turn when they have waited for long. With a byte every
    /// few milliseconds it is never waited for as if it had stopped.
    @Test(arguments: [(1, 300, 1), (1, 5, 1), (0, 300, 1), (60 << 20, 20, 4_000)])
    func whoKeepsNoPaceAndHoldsUpOthersIsBrokenOff(
        heldByteCount: Int, milliseconds: Int, pieceByteCount: Int
    ) throws {
        let receiver = KeepingReceiver(heldByteCount)
        let holdsUpOthers = heldByteCount > 0
        var options = ListenerOptions.testing()
        options.progressRateMin = 0
        let listener = try Listener(options) { _ in .receive(receiver) }
        defer { listener.stop() }
        let client = try RawClient(port: #require(listener.port))
        client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
        // A byte now and then changes nothing. It takes two looks at least.
        let deadline = soon()
        while receiver.looks.withLock({ $0 }) < (holdsUpOthers ? .max : 8),
            !receiver.isAbandoned.withLock({ $0 }), !deadline.hasPassed
        {
            let piece = String(repeating: "b", count: pieceByteCount)
            client.send(String(pieceByteCount, radix: 16) + "\r\n\(piece)\r\n")
            pause(for: .milliseconds(milliseconds))
        }
        if !holdsUpOthers { client.send("0\r\n\r\n") }
        let answer = client.readToEnd()
        #expect(answer.hasPrefix("HTTP/1.1 " + (holdsUpOthers ? "503 " : "200 ")), "\(answer)")
        #expect(receiver.isAbandoned.withLock { $0 } == holdsUpOthers)
    }

    private final class KeepingReceiver: BodyReceiver, Sendable {
        let looks = Monitor(0)
        let isAbandoned = Locked(false)
        private let held: Int

        init(_ held: Int) { self.held = held }

        var heldUpByteCount: Int {
            looks.notify { $0 += 1 }
            return held
        }

        func receive(_ piece: Bytes) {}
        func finish() -> Response { .text(.ok, "received") }
        func abandon() { isAbandoned.withLock { $0 = true } }
    }

    @Test func aPauseLongerThanTheWindowIsAllowedWhereThereIsNoRate() throws {
        var options = ListenerOptions.testing()
        options.progressWindow = .milliseconds(50)
        options.progressRateMin = 0
        let receiver = TellingReceiver()
        let listener = try Listener(options) { _ in .receive(receiver) }
        defer { listener.stop() }
        let client = try RawClient(port: #require(listener.port))
        client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
        #expect(!receiver.waitForPause(behind: 1).isEmpty)
        _ = Monitor(false).wait(by: .after(.milliseconds(300))) { _ in Bool?.none }
        client.send("1\r\nb\r\n0\r\n\r\n")
        #expect(client.readToEnd().hasSuffix("received 2"))
    }
}
