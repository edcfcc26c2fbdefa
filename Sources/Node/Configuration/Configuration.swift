import Telemetry
package import UnixFS

/// How a node is set up: one nested part per part of the node, each with its defaults.
///
/// What the keys are called, what they allow and what they mean to an operator is in
/// `Configuration.settings`, from which the reference page is made.
///
/// - Spec: stack.md 2.6; cid-parity.md 11; gateway.md 1.3.
package struct Configuration: Sendable {
    package var listen = Listen()
    package var gateway = GatewayPart()
    package var rpc = RPCPart()
    package var store = Store()
    package var log = LogPart()
    /// What `add` does where its options say nothing.
    package var imports = ImportDefaults()

    /// Built-in defaults.
    package init() {}

    /// Where the node listens.
    package struct Listen: Hashable, Sendable {
        package var publicAddress = "127.0.0.1:8080"
        package var privateAddress = "127.0.0.1:5001"
        /// Per listener.
        package var connectionsMax = 1_024
        /// How long running requests may go on after a signal to stop.
        package var drainTimeout: Duration = .seconds(5)
    }

    /// The gateway on the public listener.
    package struct GatewayPart: Hashable, Sendable {
        package var deserializedResponses = true
        package var rootRedirect = ""
        package var headers: [String: String] = [:]
        package var requestDurationMax: Duration = .seconds(3_600)
        package var urlByteCountMax = 8 * 1_024
        package var concurrentRequestsMax = 4_096
    }

    /// The Kubo RPC on the private listener.
    package struct RPCPart: Hashable, Sendable {
        package var allowedOrigins: [String] = []
        package var allowedHosts: [String] = []
    }

    /// The block store.
    package struct Store: Hashable, Sendable {
        /// When a write counts as done.
        package enum Durability: String, Sendable, CaseIterable {
            /// After the disk has it.
            case synced
            /// After the operating system has it: a power cut loses what was acknowledged last.
            case os
        }

        package var cacheByteCount = 64 << 20
        package var reserveByteCount: UInt64 = 512 << 20
        package var durability = Durability.synced
        /// Zero means that only the file system limits it.
        package var limitByteCount: UInt64 = 0
    }

    /// The log.
    package struct LogPart: Hashable, Sendable {
        /// How lines look.
        package enum Form: String, Sendable, CaseIterable {
            /// For people on a terminal, JSON otherwise.
            case automatic = "auto"
            case human
            case json
        }

        package var level = "info"
        package var form = Form.automatic
    }
}
