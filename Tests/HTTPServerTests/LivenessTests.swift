import Execution
import Glibc
import HTTP
import HTTPServer
import TestSupport
import Testing

/// Work asks from any thread whether somebody still waits for it.
@Suite(.timeLimit(.minutes(40)))
struct LivenessTests {
    private let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    /// A listener whose handler gives its liveness away and works until the answer is no.
    private struct Working {
        let listener: Listener
        private let found: Monitor<Liveness?>

        init(_ options: ListenerOptions = .testing()) throws {
            let found = Monitor<Liveness?>(nil)
            self.found = found
            listener = try Listener(options) { request in
                found.notify { $0 = request.liveness }
                while request.liveness.isWanted { Thread.yield() }
                return .respond(.text(.ok, "late"))
            }
        }

        func liveness() throws -> Liveness {
            try #require(found.wait(by: .after(.seconds(20))) { $0 })
        }
    }

    private func waitUntilUnwanted(_ liveness: Liveness) -> Bool {
        let deadline = Deadline.after(.seconds(20))
        while liveness.isWanted {
            if deadline.hasPassed { return false }
            Thread.yield()
        }
        return true
    }

    @Test func anAnswerIsWantedUntilTheClientGoes() throws {
        let working = try Working()
        defer { working.listener.stop() }
        var client: RawClient? = try RawClient(port: #require(working.listener.port))
        client?.send(get)
        let liveness = try working.liveness()
        #expect(liveness.isWanted)
        client = nil
        #expect(waitUntilUnwanted(liveness))
    }

    /// The system shows the end of a connection only behind what was sent before, and takes no more of
    /// that than about 100 KiB.
    @Test(arguments: ["Content-Length: 600000", "Transfer-Encoding: chunked"])
    func aClientThatGoesBehindABodyThatNobodyWantsIsSeen(framing: String) throws {
        let working = try Working()
        defer { working.listener.stop() }
        var client: RawClient? = try RawClient(port: #require(working.listener.port))
        client?.send("GET / HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n")
        let isChunked = framing.hasSuffix("chunked")
        let body = String(repeating: "x", count: 600_000)
        client?.send(isChunked ? "927c0\r\n\(body)\r\n0\r\n\r\n" : body)
        let liveness = try working.liveness()
        #expect(liveness.isWanted)
        client = nil
        #expect(waitUntilUnwanted(liveness))
    }

    @Test(arguments: ["", "Content-Length: 20000\r\n"], [false, true])
    func aClientThatGoesBehindWhatItSentAheadIsNotWaitedFor(
        field: String, isUrgent: Bool
    ) throws {
        let working = try Working()
        defer { working.listener.stop() }
        let client = try RawClient(port: #require(working.listener.port))
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\(field)\r\n")
        if !field.isEmpty { client.send(String(repeating: "x", count: 20_000)) }
        let liveness = try working.liveness()
        // The system counts what has come as far as the first urgent byte.
        if isUrgent { #expect(unsafe Glibc.send(client.socket, "G", 1, Int32(MSG_OOB)) == 1) }
        client.send(String(repeating: get, count: 100))
        #expect(liveness.isWanted)
        client.send(String(repeating: get, count: 40_000))
        #expect(waitUntilUnwanted(liveness))
    }

    @Test func aBodyIsReadBeforeTheHandlerThatHasNoUseForIt() throws {
        let listener = try Listener(.testing()) { _ in .respond(.text(.ok, "done")) }
        defer { listener.stop() }
        let client = try RawClient(port: #require(listener.port))
        let head = "GET / HTTP/1.1\r\nHost: a\r\n"
        client.send(head + "Content-Length: 9000\r\n\r\n" + String(repeating: "x", count: 9_000))
        #expect(client.read(until: "done").hasSuffix("done"))
        client.send(head + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        #expect(client.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 100 "))
        client.send("abc")
        #expect(client.readToEnd().hasSuffix("done"))
        let other = try RawClient(port: #require(listener.port))
        other.send(head + "Content-Length: 2000000\r\n\r\n")
        other.send(String(repeating: "x", count: 2_000_000))
        #expect(other.readToEnd().hasPrefix("HTTP/1.1 413 "))
    }

    @Test func aStopEndsTheWorkAtItsDeadlineAndNotBefore() throws {
        let working = try Working()
        let client = try RawClient(port: #require(working.listener.port))
        client.send(get)
        let liveness = try working.liveness()
        let mayStop = Monitor(false)
        let listener = working.listener
        let stopper = Thread(name: "stop") {
            listener.drain(by: .after(.seconds(1)))
            mayStop.notify { $0 = true }
        }
        #expect(mayStop.wait(by: .after(.seconds(20))) { $0 ? true : nil } == true)
        stopper.join()
        #expect(!liveness.isWanted)
        #expect(client.readToEnd().hasPrefix("HTTP/1.1 200 "))
    }

    @Test func whatTheWatchdogShutsIsNotWantedAnyMore() throws {
        var options = ListenerOptions.testing()
        options.progressWindow = .milliseconds(100)
        let found = Monitor<Liveness?>(nil)
        let listener = try Listener(options) { request in
            found.notify { $0 = request.liveness }
            return .receive(CountingReceiver())
        }
        defer { listener.stop() }
        let client = try RawClient(port: #require(listener.port))
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n1")
        let liveness = try #require(found.wait(by: .after(.seconds(20))) { $0 })
        #expect(waitUntilUnwanted(liveness))
    }

    @Test func afterTheExchangeNothingIsWanted() throws {
        let found = Monitor<Liveness?>(nil)
        let listener = try Listener(.testing()) { request in
            found.notify { $0 = request.liveness }
            return .respond(.text(.ok, "done"))
        }
        defer { listener.stop() }
        let client = try RawClient(port: #require(listener.port))
        client.send(get)
        #expect(client.read(until: "done").hasSuffix("done"))
        let liveness = try #require(found.wait(by: .after(.seconds(20))) { $0 })
        #expect(waitUntilUnwanted(liveness))
        // The connection itself goes on.
        client.send(get)
        #expect(client.read(until: "done").hasSuffix("done"))
        #expect(!liveness.isWanted)
    }

    @Test func aRequestWithoutAConnectionIsAlwaysWanted() throws {
        #expect(try Request(.get, "/").liveness.isWanted)
    }

    @Test func whatIsWorkedOnCanBeNamed() throws {
        let working = try Working()
        let client = try RawClient(port: #require(working.listener.port))
        client.send("GET /some/where?not=this HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = try working.liveness()
        #expect(working.listener.runningRequests == ["GET /some/where"])
        working.listener.stop()
        #expect(working.listener.runningRequests.isEmpty)
    }

    @Test func aLongPathIsShortenedWhereItIsNamed() throws {
        let working = try Working()
        let client = try RawClient(port: #require(working.listener.port))
        client.send("GET /a\(String(repeating: "b", count: 1_000))c HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = try working.liveness()
        let names = working.listener.runningRequests
        #expect(names.count == 1)
        #expect(names.first?.utf8.count == 256)
        #expect(names.first?.hasPrefix("GET /abbb") == true)
        #expect(names.first?.hasSuffix("bbbc") == true)
        working.listener.stop()
    }
}
