import Buffers
import Content
import Execution
import HTTP
import HTTPServer
import TestSupport
import Testing

@testable import KuboRPC

/// Arguments that come in the body.
@Suite(.serialized, .timeLimit(.minutes(20)))
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
            #expect(node.library.stateBudget.inUse >= text.count)
            #expect(copy.arguments.count == 10_000)
        }
        #expect(node.library.stateBudget.inUse == 0)
    }

    @Test func nothingIsLeftInABudgetAfterAnAnswer() throws {
        let node = try TestNode()
        let lines = String(repeating: "bafkqaaa\n", count: 50_000)
        let answer = try node.upload("cid/base32", [Part(content: Array(lines.utf8))])
        #expect(answer.text.split(separator: "\n").count == 50_000)
        node.listener.stop()
        #expect(node.library.stateBudget.inUse == 0)
        #expect(node.library.ingestBudget.inUse == 0)
    }

    /// While they come they are in a file, and others have the memory.
    @Test func anUploadThatStandsStillHoldsNoMemory() throws {
        let node = try TestNode()
        let receiver = try ArgumentsReceiver(
            Self.call(node), boundary: Part.boundary, Self.access(node), [:]
        ) { _ in .text(.ok, "") }
        let body = Part.body([Part(content: [UInt8](repeating: 0x61, count: 4 << 20))])
        for start in stride(from: 0, to: body.count, by: 64 << 10) {
            try receiver.receive(Bytes(Array(body[start..<min(body.count, start + 64 << 10)])))
        }
        #expect(node.library.stateBudget.inUse == 0)
        #expect(node.library.ingestBudget.inUse == 0)
        // One argument of 4 MiB is as good as many short ones.
        #expect(try receiver.finish().status == .ok)
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
