/// Why a transfer did not end well. An answer with a bad status is no error here.
package struct HTTPClientError: Error, CustomStringConvertible {
    /// What went wrong; more may be added.
    package struct Code: Hashable, Sendable {
        private enum Value {
            case badRequest, unresolvedHost, connectionRefused, timedOut, tooSlow, cancelled
            case connectionLost, brokenTransfer, badAnswer, headTooLarge, bodyTooLarge, stopped
            case failed
        }
        private let value: Value

        /// The request cannot be written: its target does not begin with a slash or is not
        /// percent-encoded, the name of a field is no token, or a value holds a control character.
        package static let badRequest = Code(value: .badRequest)
        /// The host's name has no address.
        package static let unresolvedHost = Code(value: .unresolvedHost)
        /// Nobody listens there.
        package static let connectionRefused = Code(value: .connectionRefused)
        /// The deadline has passed.
        package static let timedOut = Code(value: .timedOut)
        /// Less than the minimum rate for too long.
        package static let tooSlow = Code(value: .tooSlow)
        /// The caller's `Cancellation` was cancelled.
        package static let cancelled = Code(value: .cancelled)
        /// The connection ended before there was an answer.
        package static let connectionLost = Code(value: .connectionLost)
        /// The answer ended before its length, or a chunked one without its last chunk.
        package static let brokenTransfer = Code(value: .brokenTransfer)
        /// What came back is not HTTP/1.1.
        package static let badAnswer = Code(value: .badAnswer)
        /// The answer's head, or its trailers, are larger than 64 KiB.
        package static let headTooLarge = Code(value: .headTooLarge)
        /// The answer's body is larger than the caller wants to keep.
        package static let bodyTooLarge = Code(value: .bodyTooLarge)
        /// One of the caller's own functions threw; `cause` is what it threw.
        package static let stopped = Code(value: .stopped)
        /// Anything else that libcurl reports.
        package static let failed = Code(value: .failed)
    }

    /// What went wrong.
    package let code: Code

    /// The sentence for a person: what happened, and what to do.
    package let message: String

    /// What the caller's own function threw, if one did.
    package let cause: (any Error)?

    init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var description: String { message }
}
