import Execution
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
