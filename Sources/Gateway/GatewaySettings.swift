/// What an operator can choose about the gateway.
package struct GatewaySettings: Sendable {
    /// Fields added to, or replaced in, every answer, errors included.
    package var fields: [(name: String, value: String)] = []
    /// Target of `/`; nil for 404.
    package var rootRedirect: String?
    /// False: only raw blocks and CARs are served (strict trustless mode).
    package var deserializedResponses = true
    /// Requests that may run at once; further ones get 429.
    package var concurrentRequestsMax = 4_096
    /// Gets what a client is not told about a request that failed.
    package var errorLog: (@Sendable (String) -> Void)?

    /// The defaults.
    package init() {}
}
