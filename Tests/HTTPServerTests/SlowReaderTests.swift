import Buffers
import Execution
import HTTP
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import HTTPServer

/// A client that takes nothing for a while costs no memory, and gets the right bytes afterwards.
@Suite(.timeLimit(.minutes(20)))
struct SlowReaderTests {
    private let get = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    /// Gives pieces that can be made again, and counts those that are still in memory.
    private final class RemakingSource: BodySource, Sendable {
        let inMemoryCount = Atomic(0)
        /// Pieces that were still there when the source had let go of them.
        let keptCount = Atomic(0)
        let releaseCount = Monitor(0)
        private let state: Locked<(next: Int, count: Int)>
        private let byteCount: Int
        let canReload: Bool
        /// Bytes that a piece is shorter by when it is made again.
        private let shortage: Int

        init(pieces: Int, of byteCount: Int, canReload: Bool = true, shortage: Int = 0) {
            state = Locked((0, pieces))
            self.byteCount = byteCount
            self.canReload = canReload
            self.shortage = shortage
        }

        func next(limit: Int) -> Bytes? {
            let index = state.withLock { state -> Int? in
                guard state.next < state.count else { return nil }
                defer { state.next += 1 }
                return state.next
            }
            return index.map { piece($0, byteCount) }
        }

        func release() {
            if canReload { noteWhatOthersMayTake() }
            releaseCount.notify { $0 += 1 }
        }

        func close() { noteWhatOthersMayTake() }

        /// Others have the memory of all pieces from now on: it has to be free.
        private func noteWhatOthersMayTake() {
            keptCount.add(inMemoryCount.load(ordering: .relaxed), ordering: .relaxed)
        }

        func reload() -> Bytes {
            piece(state.withLock { $0.next - 1 }, byteCount - shortage)
        }

        static func byte(_ index: Int, _ place: Int) -> UInt8 {
            UInt8(truncatingIfNeeded: index &* 31 &+ place &* 7 &+ place >> 8)
        }

        private func piece(_ index: Int, _ count: Int) -> Bytes {
            inMemoryCount.add(1, ordering: .relaxed)
            let memory = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 1)
            for place in 0..<count {
                unsafe memory.storeBytes(
                    of: Self.byte(index, place), toByteOffset: place, as: UInt8.self)
            }
            return unsafe Bytes(adopting: memory, count: count) { [self] in
                unsafe $0.deallocate()
                inMemoryCount.subtract(1, ordering: .relaxed)
            }
        }

        /// What the client is to get.
        func whole(pieces: Int) -> [UInt8] {
            (0..<pieces).flatMap { index in (0..<byteCount).map { Self.byte(index, $0) } }
        }
    }

    /// Over a socket pair: its buffers are small, and so the client holds the server up at once.
    private func exchange(
        _ source: RemakingSource, length: UInt64?, whileBlocked: () -> Void
    ) throws -> [UInt8] {
        let listener = try Listener(ListenerOptions(name: "own", address: .inProcess)) { _ in
            .respond(Response(.ok, body: .source(source, length: length)))
        }
        defer { listener.stop() }
        let client = try RawClient(socket: listener.connect())
        client.send(get)
        whileBlocked()
        return client.readAll()
    }

    private func body(of answer: [UInt8]) -> [UInt8] {
        let end = Array("\r\n\r\n".utf8)
        guard let start = answer.indices.first(where: { answer[$0...].starts(with: end) }) else {
            return []
        }
        return Array(answer[(start + end.count)...])
    }

    private func waitForRelease(_ source: RemakingSource) -> Bool {
        source.releaseCount.wait(by: .after(.seconds(20))) { $0 > 0 ? true : nil } ?? false
    }

    private func waitForNoneInMemory(_ source: RemakingSource) -> Bool {
        let deadline = Deadline.after(.seconds(20))
        while source.inMemoryCount.load(ordering: .relaxed) > 0 {
            if deadline.hasPassed { return false }
            Thread.yield()
        }
        return true
    }

    @Test(arguments: [2_000_000, 300_000])
    func aPieceIsGivenBackAndMadeAgain(byteCount: Int) throws {
        let source = RemakingSource(pieces: 3, of: byteCount)
        let answer = try exchange(source, length: UInt64(3 * byteCount)) {
            #expect(waitForRelease(source))
            #expect(waitForNoneInMemory(source))
        }
        #expect(body(of: answer) == source.whole(pieces: 3))
        #expect(source.keptCount.load(ordering: .relaxed) == 0)
    }

    /// The memory of what was not sent is free when others may have it.
    @Test func whatAClientLeavesBehindGoesBeforeItsSource() throws {
        let source = RemakingSource(pieces: 2, of: 1_000_000)
        let listener = try Listener(ListenerOptions(name: "own", address: .inProcess)) { _ in
            .respond(Response(.ok, body: .source(source, length: 2_000_000)))
        }
        defer { listener.stop() }
        do {
            let client = try RawClient(socket: listener.connect())
            client.send(get)
            #expect(client.readSome().starts(with: "HTTP/1.1 200".utf8))
        }
        let deadline = soon()
        while listener.statistics.brokenExchanges == 0, !deadline.hasPassed { Thread.yield() }
        #expect(source.keptCount.load(ordering: .relaxed) == 0)
    }

    /// A block of 2 MiB can have a content of 60 KB, or a link in it: with requests sent ahead and no
    /// answer read, each connection would keep one.
    @Test(arguments: [1_000, 60_000, 100_000])
    func anAnswerThatIsNotReadDoesNotKeepTheBlockThatItIsAPartOf(byteCount: Int) throws {
        let (madeCount, goneCount) = (Monitor(0), Locked(0))
        let block = Bytes([UInt8](repeating: 7, count: 1 << 20))
        let listener = try Listener(ListenerOptions(name: "own", address: .inProcess)) { _ in
            let part = block.copy { goneCount.withLock { $0 += 1 } }[5..<5 + byteCount]
            madeCount.notify { $0 += 1 }
            return .respond(Response(.ok, body: .bytes(part)))
        }
        defer { listener.stop() }
        let client = try RawClient(socket: listener.connect())
        client.send(String(repeating: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", count: 500))
        var count = 0
        // Until no further one is answered: the last one is stuck in the socket.
        while let more = madeCount.wait(
            by: .after(.milliseconds(400)), until: { [count] in $0 > count ? $0 : nil })
        {
            count = more
        }
        #expect(count > 0)
        let deadline = soon()
        while goneCount.withLock({ $0 }) != madeCount.withLock({ $0 }), !deadline.hasPassed {
            pause(for: .milliseconds(10))
        }
        #expect(goneCount.withLock { $0 } == madeCount.withLock { $0 })
        #expect(madeCount.withLock { $0 } < 500)
        withExtendedLifetime(client) {}
    }

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

    /// What cannot be made again has room for so many clients that take nothing, and no more.
    @Test func heldAnswersAreCounted() throws {
        let byteCount = Limits.heldAnswerByteCountMax / 2 - (1 << 20)
        let body = Bytes([UInt8](repeating: 7, count: byteCount))
        let listener = try Listener(ListenerOptions(name: "own", address: .inProcess)) { _ in
            .respond(Response(.ok, body: .bytes(body)))
        }
        defer { listener.stop() }
        let registry = MetricRegistry()
        listener.register(in: registry)
        func held() -> String {
            let text = registry.exposition().utf8Text ?? ""
            let name = "holdfast_http_held_answer_bytes{listener=\"own\"} "
            return text.split(separator: "\n").first { $0.hasPrefix(name) }
                .map { String($0.dropFirst(name.count)) } ?? ""
        }
        func becomes(_ isTrue: () -> Bool) -> Bool {
            let deadline = soon()
            while !isTrue() {
                if deadline.hasPassed { return false }
                pause(for: .milliseconds(5))
            }
            return true
        }
        var clients: [RawClient] = []
        for count in 1...2 {
            let client = try RawClient(socket: listener.connect())
            client.send(get)
            clients.append(client)
            #expect(becomes { (Int(held()) ?? 0) >= count * byteCount }, "\(held())")
        }
        let third = try RawClient(socket: listener.connect())
        third.send(get)
        #expect(becomes { listener.statistics.brokenExchanges == 1 })
        #expect(third.readAll().count < byteCount)
        #expect(clients[0].readAll().count > byteCount)
        #expect(becomes { (Int(held()) ?? .max) < 2 * byteCount })
        let fourth = try RawClient(socket: listener.connect())
        fourth.send(get)
        #expect(fourth.readAll().count > byteCount)
        withExtendedLifetime(clients) {}
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
        #expect(body(of: answer) == source.whole(pieces: 1))
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

    @Test func aConnectionWhosePieceIsMadeAgainDoesNotGiveWay() throws {
        let source = SlowlyRemakingSource()
        var options = ListenerOptions(name: "own", address: .inProcess)
        options.connectionsMax = 1
        let listener = try Listener(options) { _ in
            .respond(Response(.ok, body: .source(source, length: 1_000_000)))
        }
        defer { listener.stop() }
        let client = try RawClient(socket: listener.connect())
        client.send(get)
        // Standing still for so long, it would give way; but now it is the node that works.
        #expect(source.isReleased.wait(by: soon()) { $0 ? true : nil } == true)
        pause(for: .milliseconds(1_100))
        let first = client.readSome(upTo: 1 << 20)
        #expect(source.isReloading.wait(by: soon()) { $0 ? true : nil } == true)
        let other = try RawClient(socket: listener.connect())
        #expect(String(decoding: other.readAll(), as: UTF8.self).hasPrefix("HTTP/1.1 503 "))
        source.mayReload.notify { $0 = true }
        let answer = first + client.readAll()
        #expect(body(of: answer).count == 1_000_000)
    }

    /// One piece, which is made again only when the test allows it.
    private final class SlowlyRemakingSource: BodySource, Sendable {
        let isReleased = Monitor(false)
        let isReloading = Monitor(false)
        let mayReload = Monitor(false)
        private let piece = Bytes([UInt8](repeating: 7, count: 1_000_000))
        private let isGiven = Locked(false)

        func next(limit: Int) -> Bytes? {
            isGiven.withLock { isGiven in
                defer { isGiven = true }
                return isGiven ? nil : piece
            }
        }

        var canReload: Bool { true }

        func release() { isReleased.notify { $0 = true } }

        func reload() -> Bytes {
            isReloading.notify { $0 = true }
            _ = mayReload.wait(by: soon()) { $0 ? true : nil }
            return piece
        }
    }

    @Test func inChunksToo() throws {
        let source = RemakingSource(pieces: 2, of: 1_000_000)
        let answer = try exchange(source, length: nil) {
            #expect(waitForRelease(source))
            #expect(waitForNoneInMemory(source))
        }
        let whole = source.whole(pieces: 2)
        let size = Array("F4240\r\n".lowercased().utf8)
        let wanted =
            size + whole[..<1_000_000] + Array("\r\n".utf8) + size + whole[1_000_000...]
            + Array("\r\n0\r\n\r\n".utf8)
        #expect(body(of: answer) == wanted)
    }

    @Test func aPieceThatCannotBeMadeAgainIsKept() throws {
        let source = RemakingSource(pieces: 2, of: 1_000_000, canReload: false)
        let answer = try exchange(source, length: 2_000_000) {
            #expect(waitForRelease(source))
            #expect(source.inMemoryCount.load(ordering: .relaxed) == 1)
        }
        #expect(body(of: answer) == source.whole(pieces: 2))
    }

    @Test func aPieceThatIsShorterThanBeforeBreaksTheAnswerOff() throws {
        let source = RemakingSource(pieces: 2, of: 1_000_000, shortage: 1)
        let answer = try exchange(source, length: 2_000_000) { #expect(waitForRelease(source)) }
        let received = body(of: answer)
        #expect(received.count < 1_000_000)
        #expect(source.whole(pieces: 1).starts(with: received))
    }

    @Test func theShortRestOfALargePieceDoesNotKeepAllOfIt() throws {
        // As much as a socket pair takes, and a little more.
        for byteCount in stride(from: 150_000, through: 300_000, by: 10_000) {
            let source = RemakingSource(pieces: 1, of: byteCount, canReload: false)
            var isRestShort = false
            let answer = try exchange(source, length: UInt64(byteCount)) {
                let deadline = Deadline.after(.milliseconds(600))
                isRestShort =
                    source.releaseCount.wait(by: deadline) { $0 > 0 ? true : nil } == true
                    && source.inMemoryCount.load(ordering: .relaxed) == 0
            }
            #expect(body(of: answer) == source.whole(pieces: 1), "\(byteCount)")
            if isRestShort { return }
        }
        Issue.record("no size left a short rest behind")
    }

    @Test func largeBytesAreSentWholeAndTheConnectionGoesOn() throws {
        let large = Bytes((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 >> 4) })
        let listener = try Listener(.testing()) { request in
            request.path == "/large"
                ? .respond(Response(.ok, body: .bytes(large))) : .respond(.text(.ok, "small"))
        }
        defer { listener.stop() }
        let client = try RawClient(port: #require(listener.port))
        client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\nGET /small HTTP/1.1\r\nHost: a\r\n")
        client.send("Connection: close\r\n\r\n")
        let answers = client.readAll()
        let first = body(of: answers)
        #expect(first.starts(with: large.array))
        #expect(String(decoding: first.dropFirst(3_000_000), as: UTF8.self).hasSuffix("small"))
        listener.stop()
        #expect(listener.statistics.acceptedConnections == 1)
        #expect(listener.statistics.sentByteCount == 3_000_005)
    }
}
