package import Buffers
package import Execution
package import HTTP

/// One request, as a value apart from the body.
package struct ClientRequest {
    /// What is sent behind the head.
    package enum Body {
        /// Nothing; other methods than GET and HEAD say so with `Content-Length: 0`.
        case none

        /// Bytes that are there already.
        case bytes(Bytes)

        /// Pieces that a function makes when they can be sent; nil is the end.
        ///
        /// Pieces are joined until 512 KiB are full; an empty one sends at once what is there. With
        /// a length the function must give exactly as much; without one the body goes out chunked.
        ///
        /// What the pieces are made of may be long in coming, from a pipe: `isReady` waits for it, at
        /// most as long as it is told. Meanwhile what is there is sent, the answer is read, and the
        /// request ends in time.
        case producer(
            _ next: () throws -> Bytes?, length: UInt64? = nil,
            isReady: ((Duration) throws -> Bool)? = nil)
    }

    package var method: Method

    /// Path and query, percent-encoded already; sent as it is.
    package var target: String

    package var fields: Fields
    /// What is sent after the fields.
    package var body: Body

    /// When to give up: covers connecting, sending and the whole answer.
    package var deadline: Deadline

    /// Ends the transfer when it is cancelled: within a second while nothing moves.
    package var cancellation: Cancellation?

    /// Ends the transfer when it moves less than this for the time given; nil while it may rest.
    package var minimumRate: MinimumRate?

    package init(
        _ method: Method, _ target: String, fields: Fields = Fields(), body: Body = .none,
        deadline: Deadline = .never, cancellation: Cancellation? = nil,
        minimumRate: MinimumRate? = nil
    ) {
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
        self.deadline = deadline
        self.cancellation = cancellation
        self.minimumRate = minimumRate
    }
}

/// The slowest that a transfer may be, both directions together.
package struct MinimumRate: Sendable {
    /// Bytes per second.
    package let bytesPerSecond: Int

    /// For how many seconds it may be slower than that.
    package let seconds: Int

    package init(bytesPerSecond: Int, seconds: Int) {
        self.bytesPerSecond = bytesPerSecond
        self.seconds = seconds
    }
}
