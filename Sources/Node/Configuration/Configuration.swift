import Telemetry
package import UnixFS

/// How a node is set up: one nested part per part of the node, each with its defaults.
///
/// What the keys are called, what they allow and what they mean to an operator is in
/// `Configuration.settings`, from which the reference page is made.
///
/// - Spec: `Docs/reference/configuration.md`; Kubo's `docs/config.md`, `Import`.
package struct Configuration: Sendable {
    /// Part `listen`.
    package var listen = Listen()
    /// Part `gateway`.
    package var gateway = GatewayPart()
    /// Part `rpc`.
    package var rpc = RPCPart()
    /// Part `store`.
    package var store = Store()
    /// Part `scrub`.
    package var scrub = Scrub()
    /// Part `log`.
    package var log = LogPart()
    /// Part `import`: what `add` does where its options say nothing.
    package var imports = ImportDefaults()

    /// Built-in defaults.
    package init() {}

    /// Where the node listens.
    package struct Listen: Hashable, Sendable {
        /// Of the gateway; `ListenText` reads it.
        package var publicAddress = "127.0.0.1:8080"
        /// Of the RPC; loopback or a Unix socket.
        package var privateAddress = "127.0.0.1:5001"
        /// Per listener.
        package var connectionsMax = 1_024
        /// Per listener, from one address of another machine.
        package var connectionsPerClientMax = 256
        /// How long running requests may go on after a signal to stop.
        package var drainTimeout: Duration = .seconds(5)
    }

    /// The gateway on the public listener.
    package struct GatewayPart: Hashable, Sendable {
        /// Files and folders, or blocks and CARs only.
        package var deserializedResponses = true
        /// Target of `/`; empty for none.
        package var rootRedirect = ""
        /// Added to every answer, or replaced in it.
        package var headers: [String: String] = [:]
        /// Of one request on the public listener, with its answer.
        package var requestDurationMax: Duration = .seconds(3_600)
        /// Bytes of a request target.
        package var urlByteCountMax = 8 * 1_024
        /// Further requests get 429.
        package var concurrentRequestsMax = 4_096
    }

    /// The Kubo RPC on the private listener.
    package struct RPCPart: Hashable, Sendable {
        /// `scheme://host:port`, or `*`.
        package var allowedOrigins: [String] = []
        /// Values of `Host` besides the loopback names.
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

        /// Memory for hot blocks.
        package var cacheByteCount = 64 << 20
        /// Free space that ordinary writes leave alone.
        package var reserveByteCount: UInt64 = 512 << 20
        /// When a write is acknowledged.
        package var durability = Durability.synced
        /// Zero means that only the file system limits it.
        package var limitByteCount: UInt64 = 0
    }

    /// The scrubber, which reads stored blocks again before anybody asks for them.
    package struct Scrub: Hashable, Sendable {
        /// How fast it reads; 0 for never, but when somebody asks for it.
        package var bytesPerSecond = 32 << 20
        /// From the begin of a run to that of the next.
        package var interval: Duration = .seconds(7 * 86_400)
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

        /// A word of `Log.Level`.
        package var level = "info"
        /// How lines look.
        package var form = Form.automatic
    }
}
