import Buffers
import Execution
import HTTP
import Synchronization
import TestSupport
import Testing

@testable import HTTPServer

/// A client that takes nothing for a while costs no memory, and gets the right bytes afterwards.
@Suite(.timeLimit(.minutes(40)))
struct SlowReaderTests {
    private let get = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

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
        #expect(bodyBytes(of: answer) == source.whole(pieces: 3))
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

    /// What cannot be made again has room for so many clients that take nothing, and no more.
    @Test func heldAnswersAreCounted() throws {
        let byteCount = Limits.heldAnswerByteCountMax / 2 - (1 << 20)
        let body = Bytes([UInt8](repeating: 7, count: byteCount))
        let listener = try Listener(ListenerOptions(name: "own", address: .inProcess)) { _ in
            .respond(Response(.ok, body: .bytes(body)))
        }
        defer { listener.stop() }
        func held() -> Int? { listener.figure("held_answer_bytes") }
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
            #expect(becomes { (held() ?? 0) >= count * byteCount }, "\(held() ?? -1)")
        }
        let third = try RawClient(socket: listener.connect())
        third.send(get)
        #expect(becomes { listener.statistics.brokenExchanges == 1 })
        #expect(third.readAll().count < byteCount)
        #expect(clients[0].readAll().count > byteCount)
        #expect(becomes { (held() ?? .max) < 2 * byteCount })
        let fourth = try RawClient(socket: listener.connect())
        fourth.send(get)
        #expect(fourth.readAll().count > byteCount)
        withExtendedLifetime(clients) {}
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
        #expect(bodyBytes(of: answer).count == 1_000_000)
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
        #expect(bodyBytes(of: answer) == wanted)
    }

    @Test func aPieceThatCannotBeMadeAgainIsKept() throws {
        let source = RemakingSource(pieces: 2, of: 1_000_000, canReload: false)
        let answer = try exchange(source, length: 2_000_000) {
            #expect(waitForRelease(source))
            #expect(source.inMemoryCount.load(ordering: .relaxed) == 1)
        }
        #expect(bodyBytes(of: answer) == source.whole(pieces: 2))
    }

    @Test func aPieceThatIsShorterThanBeforeBreaksTheAnswerOff() throws {
        let source = RemakingSource(pieces: 2, of: 1_000_000, shortage: 1)
        let answer = try exchange(source, length: 2_000_000) { #expect(waitForRelease(source)) }
        let received = bodyBytes(of: answer)
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
            #expect(bodyBytes(of: answer) == source.whole(pieces: 1), "\(byteCount)")
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
        let first = bodyBytes(of: answers)
        #expect(first.starts(with: large.array))
        #expect(String(decoding: first.dropFirst(3_000_000), as: UTF8.self).hasSuffix("small"))
        listener.stop()
        #expect(listener.statistics.acceptedConnections == 1)
        #expect(listener.statistics.sentByteCount == 3_000_005)
    }
}
