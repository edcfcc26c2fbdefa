import Buffers
import Execution
import HTTP
import HTTPClient
import JSON
import TestSupport
import Testing

@testable import holdfast

/// What a node that says nothing, or too much, makes of a call.
@Suite(.timeLimit(.minutes(40)))
struct RPCClientTests {
    private func refusal(_ call: () throws -> Void) -> String? {
        #expect(throws: NodeError.self) { try call() }?.message
    }

    /// It takes the call and keeps the connection.
    @Test func aNodeThatSaysNothingIsGivenUp() {
        let client = AnsweringNode.client { _ = $0.readToEnd() }
        var request = RPCRequest(["id"])
        request.timeout = .zero
        let message = "context deadline exceeded: the node has not answered within --timeout"
        #expect(refusal { try client.values(request) { _, _ in } } == message)
        #expect(refusal { _ = try client.page("/readyz", timeout: .zero) } == message)
        // A long list, before which the node is asked what it is.
        request = RPCRequest(["pin", "ls"])
        request.arguments = [Bytes](repeating: "x", count: Limits.targetByteCountMax)
        request.timeout = .zero
        #expect(refusal { try client.values(request) { _, _ in } } == message)
    }

    /// Nothing waits for the gigabytes behind what is shown.
    @Test func anErrorWithoutEndIsBrokenOff() throws {
        let client = AnsweringNode.client { node in
            node.send("HTTP/1.1 500 Broken\r\nContent-Length: 1099511627776\r\n\r\n")
            let piece = [UInt8](repeating: 0x61, count: 64 << 10)
            // So long as somebody takes it, but not for ever.
            for _ in 0..<1_024 where node.send(piece) {}
        }
        let refusal = #expect(throws: NodeError.self) {
            try client.values(RPCRequest(["id"])) { _, _ in }
        }
        #expect(refusal?.message.utf8.count == Limits.errorByteCountMax)
        let (status, text) = try client.page("/readyz")
        #expect(status == .internalServerError)
        #expect(text.utf8.count == Limits.errorByteCountMax)
    }

    /// The list of a long answer is printed while it comes; what is read as one value has a limit.
    @Test func aValueThatBecomesTooMuchIsRefused() throws {
        let count = 600_000
        let client = AnsweringNode.client { node in
            let list = [[UInt8]](repeating: Array("[0],".utf8), count: count).joined()
            let answer = Array("{\"Pins\":[".utf8) + list + Array("0]}\n".utf8)
            node.send("HTTP/1.1 200 OK\r\nContent-Length: \(answer.count)\r\n\r\n")
            node.send(answer)
        }
        let message = refusal { try client.values(RPCRequest(["pin", "rm"])) { _, _ in } }
        #expect(message?.contains("it takes too much memory: ask for less at once") == true)
        var pins = 0
        try client.walk(RPCRequest(["pin", "rm"]), .members(["Pins": .elements(.whole)])) { event in
            if case .value(_, let place) = event, place.depth == 2 { pins += 1 }
        }
        #expect(pins == count + 1)
    }

    /// A node that answers each call with a text, in one piece.
    private static func client(answering text: [UInt8]) -> RPCClient {
        AnsweringNode.client { node in
            node.send("HTTP/1.1 200 OK\r\nContent-Length: \(text.count)\r\n\r\n")
            node.send(text)
        }
    }

    /// The longest name that a block of 2 MiB holds, of characters that JSON writes with six bytes.
    @Test func aNameOfControlCharactersIsNoElementBeyondTheLimit() throws {
        let name = Array([[UInt8]](repeating: Array("\\u0001".utf8), count: 2 << 20).joined())
        let client = Self.client(
            answering: Array("{\"Links\":[{\"Name\":\"".utf8) + name + Array("\"}]}".utf8))
        var names: [Int] = []
        try client.walk(RPCRequest(["ls"]), .members(["Links": .elements(.whole)])) { event in
            guard case .value(let value, _) = event else { return }
            names.append(value["Name"]?.text?.utf8.count ?? 0)
        }
        #expect(names == [2 << 20])
    }

    @Test(arguments: [
        ("{\"a\" 1}", "a colon is missing"), ("{\"a\":", "it ends in the middle of a value"),
        ("{\"a\":1]", "a comma is missing"),
    ])
    func anAnswerThatIsNoJSONIsRefused(answer: String, problem: String) {
        let client = Self.client(answering: Array(answer.utf8))
        let message = refusal { try client.walk(RPCRequest(["ls"]), .members([:])) { _ in } }
        #expect(message == "the node's answer cannot be read: \(problem)")
    }

    /// A place in a text that nobody sees says too little.
    @Test(arguments: ["<html>", "{\"a\":tru}", "{\"a\":1}{\"a\":2}"])
    func whatIsNoJSONIsSaidOfTheNode(answer: String) {
        let client = Self.client(answering: Array(answer.utf8))
        let start = "the node's answer cannot be read: line 1, column "
        let (whole, parts) = (RPCRequest(["id"]), JSONShape.members([:]))
        #expect(refusal { try client.values(whole) { _, _ in } }?.hasPrefix(start) == true)
        let copied = refusal {
            try client.lines(whole, onValue: { _ in }, onPart: { _ in })
        }
        #expect(copied?.hasPrefix(start) == true)
        guard answer.contains("tru") else { return }
        #expect(refusal { try client.walk(whole, parts) { _ in } }?.hasPrefix(start) == true)
    }

    /// Clients written in Go take a trailer without a text for none.
    @Test func aTrailerWithoutATextIsNoError() throws {
        for (trailer, message) in [("", nil), (" ", nil), (" boom", "boom")] as [(String, String?)]
        {
            let client = AnsweringNode.client { node in
                node.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                node.send("3\r\nabc\r\n0\r\nX-Stream-Error:\(trailer)\r\n\r\n")
            }
            var told: String?
            do {
                try client.bytes(RPCRequest(["cat"])) { #expect($0 == "abc") }
            } catch {
                told = "\(error)"
            }
            #expect(told == message)
        }
    }

    @Test func anErrorWithoutATextIsToldAllTheSame() {
        let error = #"{"Message":"","Code":0,"Type":"error"}"#
        let message = "the node has failed and says nothing more: look at its log"
        for status in ["200 OK", "500 Broken"] {
            let client = AnsweringNode.client { node in
                let head = "HTTP/1.1 \(status)\r\nContent-Length: \(error.utf8.count)\r\n\r\n"
                node.send(head + error)
            }
            #expect(refusal { try client.values(RPCRequest(["id"])) { _, _ in } } == message)
            guard status.hasPrefix("2") else { continue }
            let walked = refusal { try client.walk(RPCRequest(["id"]), .members([:])) { _ in } }
            #expect(walked == message)
        }
    }

    @Test func anElementBeyondTheLimitIsRefused() {
        let text = [UInt8](
            repeating: UInt8(ascii: "1"), count: Limits.answerElementByteCountMax + 1)
        let client = Self.client(answering: Array("{\"a\":".utf8) + text)
        let message = refusal { try client.walk(RPCRequest(["ls"]), .members([:])) { _ in } }
        #expect(
            message == "the node's answer cannot be read: an element of it has more than "
                + "\(Limits.answerElementByteCountMax) bytes")
    }

    @Test func theNodeHasItsTimeAndALittleMore() {
        #expect(RPCRequest.deadline(for: nil) == .never)
        for (timeout, allowed) in [(3_600, 3_600), (-1, 0)] as [(Int, Int)] {
            let duration = Duration.seconds(allowed) + Limits.timeoutGrace
            let before = Instant.now
            let deadline = RPCRequest.deadline(for: .seconds(timeout)).instant ?? before
            #expect(deadline >= before.advanced(by: duration))
            #expect(deadline <= Instant.now.advanced(by: duration))
        }
    }
}
