import Execution
package import HTTP

/// What the access log gets to know about one exchange.
package struct AccessRecord: Sendable {
    /// The listener's name.
    package let listenerName: String
    /// The client's address.
    package let peer: String
    /// The method as it was sent; empty if the request was refused before it had one.
    package let method: String
    /// The raw target.
    package let target: String
    /// The status of the answer; nil if none was sent.
    package let status: Status?
    /// Bytes of the request's body.
    package let receivedByteCount: UInt64
    /// Bytes of the answer's body.
    package let sentByteCount: UInt64
    /// From the header section to the last byte.
    package let duration: Duration
    /// Whether the exchange came to its proper end.
    package let isComplete: Bool
}
