import HTTP
import JSON
import Telemetry
import UnixFS
import Vault

/// The table of all keys. A table may be long.
extension Configuration {
    /// Every key, in the order of the reference page.
    package static let settings: [Setting] =
        listenSettings + gatewaySettings + rpcSettings + importSettings + storeSettings
        + scrubSettings + logSettings

    private static let listenSettings: [Setting] = [
        .text(
            "listen.public", \.listen.publicAddress, allowed: addressForms,
            "Where the gateway listens. Port 0 takes any free port.", check: isAddress),
        .text(
            "listen.private", \.listen.privateAddress, allowed: addressForms,
            """
            Where the RPC listens. It has no tokens yet, so only a loopback address or a Unix socket \
            is accepted.
            """, check: isAddress),
        .number(
            "listen.maxConnections", \.listen.connectionsMax, 1...100_000,
            """
            Connections that each listener keeps open at once; each has a thread of its own. When one \
            more comes, the one that has waited for a request the longest is closed. Where the system's \
            limits of open files or threads have no room for so many, there are fewer, and the log says \
            so.
            """),
        .number(
            "listen.maxConnectionsPerClient", \.listen.connectionsPerClientMax, 1...100_000,
            """
            Connections from one client: an IPv4 address, or the /64 of an IPv6 address. Not for this \
            machine's own addresses, where a proxy may stand. With a proxy on another machine, set it \
            as high as maxConnections.
            """),
        .duration(
            "listen.drainTimeout", \.listen.drainTimeout, .zero ... .seconds(3_600),
            "How long running requests may go on after the node was told to stop."),
    ]

    private static let gatewaySettings: [Setting] = [
        .truth(
            "gateway.deserializedResponses", \.gateway.deserializedResponses,
            "Whether files and folders are served, or only blocks and CARs."),
        .text(
            "gateway.rootRedirect", \.gateway.rootRedirect, allowed: "a path or URL, or nothing",
            "Where a request for / is sent.", check: { $0.isFieldValue }),
        .fields(
            "gateway.headers", \.gateway.headers,
            """
            Header fields that are added to every answer about content, or replaced in it. One that \
            cannot be sent, or that the node writes itself, such as `Content-Length`, keeps the node \
            from starting.
            """),
        .duration(
            "gateway.maxRequestDuration", \.gateway.requestDurationMax,
            .seconds(1) ... .seconds(7 * 86_400), "How long one request may take."),
        .byteCount(
            "gateway.maxURLBytes", \.gateway.urlByteCountMax, 256...16_384,
            "Longest request target; longer ones are answered with 414."),
        .number(
            "gateway.maxConcurrentRequests", \.gateway.concurrentRequestsMax, 1...1_000_000,
            "Requests that may run at once; further ones are answered with 429."),
    ]

    private static let rpcSettings: [Setting] = [
        .texts(
            "rpc.allowedOrigins", \.rpc.allowedOrigins, allowed: "an array of origins, or [\"*\"]",
            "Origins whose pages may call the RPC from a browser, besides the node's own."),
        .texts(
            "rpc.allowedHosts", \.rpc.allowedHosts, allowed: "an array of host names",
            "Values of Host that are accepted, besides the names of the listener."),
    ]

    private static let importSettings: [Setting] = [
        .number("import.cidVersion", \.imports.cidVersion, 0...1, "Version of the CIDs."),
        Setting(
            key: "import.unixFSRawLeaves",
            allowed: "true, false, or null to follow the CID version",
            fallback: "null", summary: "Whether leaves are raw blocks.",
            apply: { value, configuration in
                guard value == .null || value.truth != nil else {
                    throw Setting.Refusal(allowed: "true, false or null")
                }
                configuration.imports.rawLeaves = value.truth
            }),
        Setting(
            key: "import.unixFSChunker",
            allowed: "size-BYTES, rabin, rabin-AVG, rabin-MIN-AVG-MAX or buzhash",
            fallback: "\"size-262144\"", summary: "How files are cut.",
            apply: { value, configuration in
                guard let text = value.text else {
                    throw Setting.Refusal(allowed: "a text such as \"size-262144\"")
                }
                configuration.imports.chunker = try Chunker.Specification(parsing: text)
            }),
        Setting(
            key: "import.hashFunction", allowed: "a name that `holdfast cid hashes` lists",
            fallback: "\"sha2-256\"", summary: "Hash function; any but sha2-256 means CIDv1.",
            apply: { value, configuration in
                guard let name = value.text else {
                    throw Setting.Refusal(allowed: "a text such as \"sha2-256\"")
                }
                configuration.imports.hash = try HashFunction(named: name).code
            }),
        .number(
            "import.unixFSFileMaxLinks", \.imports.fileMaxLinks, 2...100_000,
            "Most children of a file node."),
        .number(
            "import.unixFSDirectoryMaxLinks", \.imports.directoryMaxLinks, 0...100_000_000,
            "Entries above which a folder becomes a HAMT; 0 is no limit."),
        Setting(
            key: "import.unixFSHAMTDirectoryMaxFanout", allowed: "a power of two from 8 to 1024",
            fallback: "256", summary: "Most children of a HAMT node.",
            apply: { value, configuration in
                guard let number = value.integer, (8...1_024).contains(number),
                    number & (number - 1) == 0
                else { throw Setting.Refusal(allowed: "a power of two from 8 to 1024") }
                configuration.imports.hamtMaxFanout = Int(number)
            }),
        .byteCount(
            "import.unixFSHAMTDirectorySizeThreshold", \.imports.hamtThreshold, 0...(1 << 31),
            "Size above which a folder becomes a HAMT."),
        Setting(
            key: "import.unixFSHAMTDirectorySizeEstimation",
            allowed: "\"links\", \"block\", \"disabled\"", fallback: "\"links\"",
            summary: "How the size of a folder is estimated.",
            apply: { value, configuration in
                guard let estimate = value.text.flatMap(ImportOptions.SizeEstimate.init) else {
                    throw Setting.Refusal(allowed: "\"links\", \"block\", \"disabled\"")
                }
                configuration.imports.hamtSizeEstimate = estimate
            }),
        Setting(
            key: "import.unixFSDAGLayout", allowed: "\"balanced\", \"trickle\"",
            fallback: "\"balanced\"", summary: "How the leaves of a file are put together.",
            apply: { value, configuration in
                guard let layout = value.text.flatMap(FileLayout.Kind.init) else {
                    throw Setting.Refusal(allowed: "\"balanced\", \"trickle\"")
                }
                configuration.imports.layout = layout
            }),
    ]

    private static let storeSettings: [Setting] = [
        .byteCount(
            "store.cacheSize", \.store.cacheByteCount, 0...(1 << 40),
            "Memory for blocks that are read often."),
        .byteCount(
            "store.reserve", \.store.reserveByteCount, 0...(1 << 50),
            "Free space on the disk that ordinary writes leave alone."),
        .choice(
            "store.durability", \.store.durability,
            """
            When a write is acknowledged: once the disk has it, or once the operating system has it. \
            With "os" a power cut loses data that was acknowledged: for throw-away nodes only.
            """),
        .byteCount(
            "store.maxSize", \.store.limitByteCount, 0...(1 << 60),
            "What `repo stat` reports as the limit of the repository; 0 means the free space."),
    ]

    private static let scrubSettings: [Setting] = [
        .byteCount(
            "scrub.bytesPerSecond", \.scrub.bytesPerSecond, 0...(1 << 40),
            """
            How fast stored blocks are read again to find damage before anybody asks for them. 0 turns \
            that off, but for `holdfast scrub now`, which reads as fast as it can.
            """),
        .duration(
            "scrub.every", \.scrub.interval, .seconds(3_600) ... .seconds(365 * 86_400),
            "How long after the begin of one walk over all blocks the next one begins."),
    ]

    private static let logSettings: [Setting] = [
        .text(
            "log.level", \.log.level, allowed: "\"debug\", \"info\", \"warning\", \"error\"",
            "The least important lines that are written.",
            check: { text in Log.Level.allCases.contains { $0.word == text } }),
        .choice(
            "log.format", \.log.form,
            "How lines look: for people, as JSON, or as fits where they go."),
    ]

    private static let addressForms = "ADDRESS:PORT with an IP address, or unix:PATH"

    @Sendable private static func isAddress(_ text: String) -> Bool {
        (try? ListenText.address(text)) != nil
    }
}
