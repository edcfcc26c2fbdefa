import Buffers
import Content
import Execution
import HTTP
import HTTPServer
import JSON
import Testing

@testable import KuboRPC

/// What an answer takes is counted before it is there, and cut into pieces where it can be.
@Suite(.serialized, .timeLimit(.minutes(40)))
struct ChargedAnswerTests {
    private let node: TestNode

    init() throws { node = try TestNode() }

    private var inUse: Int { node.library.stateMemory.budget.inUse }

    @Test func aLongLineIsCountedFromTheFirstOn() throws {
        let line = JSONOutput.text(String(repeating: "a", count: 1 << 20))
        var left = 2
        let lines = Lines {
            left -= 1
            return left >= 0 ? line : nil
        }
        let body = LineBody(lines, checking: try node.invocation("refs/local"))
        try body.prepare()
        #expect(inUse >= 1 << 20)
        #expect(try body.next(limit: 1 << 20)?.count == line.byteCount + 1)
        #expect(try body.next(limit: 1 << 20)?.count == line.byteCount + 1)
        #expect(inUse >= 1 << 20 && inUse < 2 << 20)
        #expect(try body.next(limit: 1 << 20) == nil)
        #expect(inUse == 0)
    }

    @Test func aFirstLineThatThereIsNoMemoryForHasAStatus() throws {
        let text = String(repeating: "\u{1}", count: 6 << 20)
        let answer = Answer.lines(Lines { .text(text) })
        let invocation = try node.invocation("refs/local")
        let error = #expect(throws: ContentError.self) {
            try answer.response([:], checking: invocation).prepareBody()
        }
        #expect(error?.code == .tooMuchMemory)
    }

    @Test func aLaterLineThatThereIsNoMemoryForBecomesAnError() throws {
        var texts = ["a", String(repeating: "\u{1}", count: 6 << 20)][...]
        let body = LineBody(
            Lines { texts.popFirst().map(JSONOutput.text) },
            checking: try node.invocation("refs/local"))
        try body.prepare()
        #expect(try body.next(limit: 1 << 20) == "\"a\"\n")
        let last = try #require(try body.next(limit: 1 << 20)).displayText
        #expect(last.utf8.count < 1000 && last.contains("would have to remember more than"))
        #expect(throws: ContentError.self) { try body.next(limit: 1 << 20) }
    }

    /// A slow client would keep it otherwise.
    @Test func aLongValueIsSentFromAFile() throws {
        let answer = Answer.value(.text(String(repeating: "a", count: 3 << 20)))
        let response = try answer.response([:], checking: try node.invocation("refs/local"))
        guard case .source(let body, let length) = response.body else {
            Issue.record("not sent piece by piece")
            return
        }
        let (bytes, longest) = try drain { try body.next(limit: 1 << 20) }
        #expect(longest <= 2 * Limits.linePieceBytes)
        #expect(bytes.count == 3 << 20 + 3 && length == UInt64(bytes.count))
        #expect(inUse == 0)
    }

    @Test func bytesThatWereMadeAreSentFromAFile() throws {
        let bytes = Bytes((0..<3 << 20).map { UInt8(truncatingIfNeeded: $0 / 7) })
        var pieces = try RawAnswer(made: bytes, node.access).pieces
        let (all, longest) = try drain { try pieces.next()?.bytes }
        #expect(all == bytes)
        #expect(longest <= Limits.linePieceBytes)
        var none = try RawAnswer(made: .empty, node.access).pieces
        #expect(try none.next() == nil)
    }

    @Test func multibaseTakesMemoryForWhatItMakes() throws {
        let input = [UInt8](repeating: 5, count: 1 << 20)
        let invocation = try node.invocation("multibase/encode", hasParts: true)
        let sink = WholeFileSink(invocation, limit: 1 << 20) { [node] bytes in
            #expect(node.library.ingestBudget.inUse >= 9 * bytes.count)
            return bytes
        }
        let receiver = try UploadReceiver(sink, boundary: Part.boundary, invocation, [:])
        try receiver.receive(Bytes(Part.body([Part(content: input)])))
        #expect(try receiver.finish().status == .ok)
        #expect(node.library.ingestBudget.inUse == 0)
        let answer = try node.upload("multibase/encode?b=base2", [Part(content: input)])
        #expect(answer.body.count == 8 * input.count + 1 && answer.isComplete)
    }
}
