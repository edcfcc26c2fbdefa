/// The counts of one listener since it started, for `/metrics`.
package struct ListenerStatistics: Sendable, Equatable {
    /// Connections that are open.
    package var openConnections = 0
    /// Connections that were accepted.
    package var acceptedConnections: UInt64 = 0
    /// Connections that were closed for want of room.
    package var evictedConnections: UInt64 = 0
    /// Exchanges that are being worked on.
    package var runningRequests = 0
    /// Answers by the hundreds of their status: index 0 for 1xx, 4 for 5xx.
    package var answersByCategory: [UInt64] = [0, 0, 0, 0, 0]
    /// Exchanges that broke off.
    package var brokenExchanges: UInt64 = 0
    /// Bytes of request bodies.
    package var receivedByteCount: UInt64 = 0
    /// Bytes of answers' bodies.
    package var sentByteCount: UInt64 = 0
}
