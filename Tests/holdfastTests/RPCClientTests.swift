import Execution
import HTTP
import HTTPClient
import TestSupport
import Testing

@testable import holdfast

/// What a node that says nothing, or too much, makes of a call.
@Suite(.timeLimit(.minutes(20)))
struct RPCClientTests {
    /// It takes the call and keeps the connection.
    @Test func aNodeThatSaysNothingIsGivenUp() {
        let client = AnsweringNode.client { _ = $0.readToEnd() }
        var request = RPCRequest(["id"])
        request.timeout = .zero
        let ofCall = #expect(throws: HTTPClientError.self) {
            try client.values(request) { _, _ in }
        }
        #expect(ofCall?.code == .timedOut)
        let ofPage = #expect(throws: HTTPClientError.self) {
            try client.page("/readyz", timeout: .zero)
        }
        #expect(ofPage?.code == .timedOut)
    }

    /// Nothing waits for the gigabytes behind what is shown.
    @Test func anErrorWithoutEndIsBrokenOff() throws {
        let client = AnsweringNode.client { node in
            node.send("HTTP/1.1 500 Broken\r\nContent-Length: 1099511627776\r\n\r\n")
            let piece = [UInt8](repeating: 0x61, count: 64 << 10)
            // So long as somebody takes it, but not for ever.
            for _ in 0..<1_024 where node.send(piece) {}
        }
        let refusal = #expect(throws: RPCError.self) {
            try client.values(RPCRequest(["id"])) { _, _ in }
        }
        #expect(refusal?.message.utf8.count == Limits.errorByteCountMax)
        let (status, text) = try client.page("/readyz")
        #expect(status == .internalServerError)
        #expect(text.utf8.count == Limits.errorByteCountMax)
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
