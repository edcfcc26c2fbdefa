import Buffers
import Content
import Execution
import HTTP
import HTTPServer
import TestSupport
import Testing

@testable import KuboRPC

/// Arguments that come in the body.
@Suite(.serialized, .timeLimit(.minutes(40)))
struct ArgumentsTests {
    private static func call(_ node: TestNode) throws -> Call {
        try Call(node.request("cid/base32"), hasParts: true)
    }

    private static func access(_ node: TestNode) -> ContentAccess {
        node.library.access(for: RequestContext(deadline: .never) { true })
    }

    @Test func theirMemoryIsAccountedForUntilTheCallEnds() throws {
        let node = try TestNode()
        let access = Self.access(node)
        let text = Bytes(utf8: String(repeating: "bafkqaaa\n", count: 10_000))
        do {
            var call = try Self.call(node)
            try call.take(argumentsFrom: text, in: access.makeStateShare())
            let copy = call
            call = try Self.call(node)
            #expect(node.library.stateMemory.budget.inUse >= text.count)
            #expect(copy.arguments.count == 10_000)
        }
        #expect(node.library.stateMemory.budget.inUse == 0)
    }

    @Test func nothingIsLeftInABudgetAfterAnAnswer() throws {
        let node = try TestNode()
        let lines = String(repeating: "bafkqaaa\n", count: 50_000)
        let answer = try node.upload("cid/base32", [Part(content: Array(lines.utf8))])
        #expect(answer.text.split(separator: "\n").count == 50_000)
        node.listener.stop()
        #expect(node.library.stateMemory.budget.inUse == 0)
        #expect(node.library.ingestBudget.inUse == 0)
    }

    /// While they come they are in a file, and others have the memory.
    @Test func anUploadThatStandsStillHoldsNoMemory() throws {
        let node = try TestNode()
        let receiver = try ArgumentsReceiver(
            node.invocation("cid/base32", hasParts: true), boundary: Part.boundary, [:]
        ) { _ in .text(.ok, "") }
        let body = Part.body([Part(content: [UInt8](repeating: 0x61, count: 4 << 20))])
        for start in stride(from: 0, to: body.count, by: 64 << 10) {
            try receiver.receive(Bytes(Array(body[start..<min(body.count, start + 64 << 10)])))
        }
        #expect(node.library.stateMemory.budget.inUse == 0)
        #expect(node.library.ingestBudget.inUse == 0)
        // One argument of 4 MiB is as good as many short ones.
        #expect(try receiver.finish().status == .ok)
    }

    private static func receiver(_ node: TestNode, _ target: String) throws -> ArgumentsReceiver {
        try ArgumentsReceiver(
            node.invocation(target, hasParts: true), boundary: Part.boundary, [:]
        ) { _ in .text(.ok, "") }
    }

    /// What follows the arguments is dropped, as a body that means nothing is: up to a limit.
    @Test func whatFollowsThemHasALimit() throws {
        let node = try TestNode()
        let receiver = try Self.receiver(node, "cid/base32")
        let body = Part.body([
            .file("a", "bafkqaaa\n"), Part(content: [UInt8](repeating: 1, count: 2 << 20)),
        ])
        #expect(throws: ContentTooLarge.self) {
            for start in stride(from: 0, to: body.count, by: 64 << 10) {
                try receiver.receive(
                    Bytes(Array(body[start..<min(body.count, start + 64 << 10)])))
            }
        }
        let parts = [Part.file("a", "bafkqaaa\n")] + (0..<9).map { Part.file("\($0)", "more") }
        #expect(try node.upload("cid/base32", parts).text.contains("\"CidStr\":\"bafkqaaa\""))
    }

    @Test func theTimeForACallIncludesThatOfItsArguments() throws {
        let node = try TestNode()
        for hasEnded in [true, false] {
            let receiver = try Self.receiver(node, "cid/base32?timeout=50ms")
            let body = Part.body([.file("a", "bafkqaaa\n")])
            try receiver.receive(Bytes(Array(body.prefix(hasEnded ? body.count : 50))))
            _ = Pending<Bool>().value(by: .after(.milliseconds(100)))
            guard !hasEnded else {
                #expect(try receiver.finish().status == .internalServerError)
                continue
            }
            let error = #expect(throws: AnsweredError.self) {
                try receiver.receive(Bytes(Array(body.dropFirst(50))))
            }
            #expect(error?.error.message == "context deadline exceeded")
        }
    }

    /// Over a connection, with arguments in the body and without.
    @Test(arguments: ["cid/base32?timeout=300ms", "refs/local?timeout=300ms"])
    func aSlowBodyIsNoReasonForMoreTime(target: String) throws {
        let node = try TestNode()
        let client = RawClient(port: node.port)
        let body = Part.body([.file("a", "bafkqaaa\n")])
        client.send(
            """
            POST /api/v0/\(target) HTTP/1.1\r
            Host: 127.0.0.1:\(node.port)\r
            Connection: close\r
            Content-Type: multipart/form-data; boundary=\(Part.boundary)\r
            Content-Length: \(body.count)\r
            \r\n
            """)
        client.send(Array(body.prefix(50)))
        _ = Pending<Bool>().value(by: .after(.milliseconds(500)))
        client.send(Array(body.dropFirst(50)))
        let answer = try RawAnswerMessage(client.readAll())
        #expect(answer.status == 500)
        #expect(answer.text.contains("context deadline exceeded"))
    }

    @Test func manyShortLinesAreRefusedBeforeTheyAreAList() throws {
        let node = try TestNode()
        let text = Bytes(utf8: String(repeating: "a\n", count: 4 << 20))
        var call = try Self.call(node)
        #expect(throws: RPCError.self) {
            try call.take(argumentsFrom: text, in: Self.access(node).makeStateShare())
        }
        #expect(call.arguments.count == Limits.argumentCountMax + 1)
    }

    @Test func aQueryHasNoListsWithoutEnd() throws {
        let node = try TestNode()
        func query(_ item: String, _ count: Int) -> String {
            "cid/base32?" + String(repeating: item + "&", count: count)
        }
        let many = try Call(node.request(query("arg=bafkqaaa", 4_096)), hasParts: false)
        #expect(many.arguments.count == 4_096)
        let argumentError = #expect(throws: RPCError.self) {
            try Call(node.request(query("arg=bafkqaaa", 4_097)), hasParts: false)
        }
        #expect(
            argumentError?.message
                == "more than 4096 arguments in the query: send them in the body, one a line")
        _ = try Call(node.request(query("a", 256) + "arg=bafkqaaa"), hasParts: false)
        let optionError = #expect(throws: RPCError.self) {
            try Call(node.request(query("a", 257) + "arg=bafkqaaa"), hasParts: false)
        }
        #expect(
            optionError?.message == "more than 256 options in the query: no command has so many")
    }

    /// Clients may not read an answer for a long time: what it quotes is short.
    @Test(arguments: [
        "multibase/encode?b=", "cid/format?arg=bafkqaaa&f=", "cid/format?arg=bafkqaaa&b=",
        "add?chunker=", "add?hash=", "block/put?cid-codec=", "block/put?mhtype=",
        "dag/put?store-codec=", "id?arg=", "ls?arg=bafkqaaa&size=", "id?timeout=",
        "cat?arg=", "dag/get?output-codec=", "nothing?arg=",
    ])
    func longValuesAreCutInErrors(call: String) throws {
        let node = try TestNode()
        let answer = try node.upload(call + String(repeating: "<", count: 7_000), [Part()])
        #expect(answer.status >= 400, "\(call)")
        #expect(answer.body.count < 16_384, "\(call): \(answer.body.count)")
    }

    /// What 256 calls make of long queries is more than a node may use.
    @Test func callsWithLongQueriesWaitForEachOther() throws {
        let node = try TestNode()
        let access = Self.access(node)
        func query(_ count: Int) -> String {
            "cid/base32?" + String(repeating: "arg=bafkqaaa&", count: count)
        }
        let budget = node.library.argumentBudget
        var short = try Call(node.request(query(1_000)), hasParts: false)
        try short.waitForTurn(access)
        #expect(budget.inUse == 0)
        do {
            var long = try Call(node.request(query(4_000)), hasParts: false)
            try long.waitForTurn(access)
            #expect(budget.inUse > 4_000 * (128 + 4 * 12))
            withExtendedLifetime(long) {}
        }
        #expect(budget.inUse == 0)
        #expect(budget.tryAcquire(budget.limit))
        defer { budget.release(budget.limit) }
        let rpc = KuboRPC(library: node.library, settings: node.settings)
        let request = try Request(
            .post, "/api/v0/" + query(4_000) + "timeout=200ms", fields: ["Host": "127.0.0.1:5001"])
        guard case .receive(let receiver) = try rpc.handler(request),
            case .bytes(let text) = try receiver.finish().body
        else {
            Issue.record("a call has an answer behind its body")
            return
        }
        #expect(text.displayText.contains("context deadline exceeded"))
    }

    @Test func windowsLinesAndEmptyOnesAreRead() throws {
        let node = try TestNode()
        var call = try Self.call(node)
        try call.take(
            argumentsFrom: "one\r\n\n\r\n two \nthree", in: Self.access(node).makeStateShare())
        #expect(call.arguments == ["one", " two ", "three"])
        var single = try Call(node.request("block/get"), hasParts: true)
        try single.take(argumentsFrom: "\none\ntwo", in: Self.access(node).makeStateShare())
        #expect(single.arguments == ["one"])
    }
}
