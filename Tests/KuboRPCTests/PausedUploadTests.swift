import Buffers
import Execution
import HTTP
import HTTPServer
import Testing

@testable import KuboRPC

/// An upload that stands still is brought up to date with the store. What fails then must not be
/// forgotten: a sink that has failed cannot go on.
@Suite(.serialized, .timeLimit(.minutes(40)))
struct PausedUploadTests {
    private final class FullDisk: PartSink {
        private(set) var calls: [String] = []

        func begin(_ entry: UploadedEntry) { calls.append("begin") }
        func receive(_ piece: Bytes) { calls.append("receive") }
        func end() { calls.append("end") }
        func finish() -> Answer {
            calls.append("finish")
            return .nothing
        }
        func pause() throws {
            calls.append("pause")
            throw RPCError.failed("the disk is full")
        }
    }

    @Test func whatFailsInAPauseIsAnsweredWithTheNextPiece() throws {
        let (receiver, sink) = try started()
        receiver.pause()
        receiver.pause()
        let error = #expect(throws: AnsweredError.self) {
            try receiver.receive(Bytes(utf8: "more"))
        }
        #expect(error?.error.message == "the disk is full")
        #expect(sink.calls == ["begin", "receive", "pause"])
    }

    @Test func whatFailsInTheLastPauseIsTheAnswer() throws {
        let (receiver, sink) = try started()
        receiver.pause()
        let response = try receiver.finish()
        #expect(response.status == .internalServerError)
        #expect(sink.calls == ["begin", "receive", "pause"])
    }

    private func started() throws -> (UploadReceiver, FullDisk) {
        let node = try TestNode()
        let request = try node.request("add")
        let invocation = try Invocation(
            try Call(request, hasParts: true), of: request, library: node.library,
            settings: node.settings)
        let sink = FullDisk()
        let receiver = try UploadReceiver(sink, boundary: "X", invocation, [:])
        try receiver.receive(
            Bytes(
                utf8: "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n"
                    + String(repeating: "x", count: 100)))
        return (receiver, sink)
    }
}
