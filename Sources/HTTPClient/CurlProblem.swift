import CCurl
import Execution
import Glibc

/// What libcurl reports when it gives up, and what that means for a person.
struct CurlProblem {
    let code: CURLcode

    /// The system's error number, where a connection failed; else 0.
    let systemError: Int

    /// libcurl's own words.
    let text: String

    /// Chooses code and message.
    ///
    /// - Parameters:
    ///   - transfer: what failed.
    ///   - hasHead: whether the answer had begun.
    ///   - bodyByteCount: how much of it had come.
    /// - Returns: the error that the caller gets.
    func error(_ transfer: Transfer, hasHead: Bool, bodyByteCount: Int) -> HTTPClientError {
        let endpoint = transfer.endpoint
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST:
            return HTTPClientError(
                .unresolvedHost, "the host of \(endpoint) is unknown: check its spelling")
        case CURLE_COULDNT_CONNECT:
            return HTTPClientError(
                .connectionRefused,
                "nobody answers at \(endpoint) (\(reason)): check the address, and that the node "
                    + "runs")
        case CURLE_OPERATION_TIMEDOUT: return timeout(transfer)
        case CURLE_OUT_OF_MEMORY where !hasHead:
            return HTTPClientError(
                .headTooLarge, "the head of the answer of \(endpoint) has a line that is too long")
        case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_SEND_ERROR,
            CURLE_SEND_FAIL_REWIND:
            return lost(endpoint, hasHead: hasHead, bodyByteCount: bodyByteCount)
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL:
            return HTTPClientError(
                .badAnswer, "\(endpoint) does not answer in HTTP/1.1 (\(text)): check the address")
        default: return HTTPClientError(.failed, "\(endpoint): \(text)")
        }
    }

    private func timeout(_ transfer: Transfer) -> HTTPClientError {
        if !transfer.request.deadline.hasPassed, let rate = transfer.request.minimumRate {
            return HTTPClientError(
                .tooSlow,
                "\(transfer.endpoint) moved less than \(rate.bytesPerSecond) B/s for "
                    + "\(rate.seconds) s: try again, or look at the network in between")
        }
        return HTTPClientError(
            .timedOut,
            "\(transfer.endpoint) did not finish in time (\(text)): try again, or allow more time")
    }

    private func lost(
        _ endpoint: Endpoint, hasHead: Bool, bodyByteCount: Int
    ) -> HTTPClientError {
        guard hasHead else {
            return HTTPClientError(
                .connectionLost,
                "\(endpoint) closed the connection without an answer (\(text)): try again, and "
                    + "look at the log of the node if it happens again")
        }
        return HTTPClientError(
            .brokenTransfer,
            "the answer of \(endpoint) broke off after \(bodyByteCount) bytes, so it is not "
                + "complete: try again, and look at the log of the node")
    }

    private var reason: String {
        guard systemError > 0 else { return text }
        return unsafe String(cString: strerror(Int32(clamping: systemError)))
    }
}
