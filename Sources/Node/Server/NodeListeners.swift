import Execution
import HTTPServer
import KuboRPC
import Telemetry

/// The public and the private listener of a node.
final class NodeListeners: Sendable {
    /// Where they are to listen.
    struct Addresses: Sendable {
        let publicAddress: ListenerAddress
        let privateAddress: ListenerAddress

        init(_ part: Configuration.Listen) throws(ConfigurationError) {
            publicAddress = try ListenText.address(part.publicAddress)
            privateAddress = try ListenText.address(part.privateAddress)
            guard ListenText.isLocal(privateAddress) else {
                throw ConfigurationError(
                    "listen.private is \(part.privateAddress), which other machines can reach: the "
                        + "RPC has no tokens yet, and whoever reaches it owns the node. Use a "
                        + "loopback address such as 127.0.0.1:5001, or unix:/path")
            }
        }
    }

    private let publicListener: Listener
    private let privateListener: Listener

    /// Starts to listen.
    ///
    /// - Parameters:
    ///   - node: what is served.
    ///   - addresses: where.
    ///   - readiness: what `/readyz` tells.
    ///   - shutdown: stops the node.
    init(
        _ node: OpenNode, _ addresses: Addresses, readiness: Readiness,
        shutdown: @escaping @Sendable () -> Void
    ) throws {
        let pages = HealthPages(
            store: node.store, metrics: node.metrics, readiness: readiness)
        let api = Locked<[String]>([])
        let counts = Locked<[Listener]>([])
        let rpc = node.rpc(
            addresses: { api.withLock { $0 } }, shutdown: shutdown, scrubber: node.scrubber,
            traffic: {
                let all = counts.withLock { $0 }.map(\.statistics)
                return (
                    all.reduce(0) { $0 + $1.receivedByteCount },
                    all.reduce(0) { $0 + $1.sentByteCount }
                )
            })
        let allotment = try Self.allotment(node)
        let options = Self.options(
            "public", addresses.publicAddress, allotment.publicCount, node)
        let gateway = node.gateway { options.errorLog?("\(options.name): \($0)") }
        publicListener = try Listener(
            options, handler: Router(pages.routes, notFound: gateway).handler)
        do {
            privateListener = try Listener(
                Self.options("private", addresses.privateAddress, allotment.privateCount, node),
                handler: rpc.guarding(pages.privateRoutes))
        } catch {
            publicListener.stop()
            throw error
        }
        counts.withLock { $0 = [publicListener, privateListener] }
        api.withLock { $0 = [apiAddress + "/http"] }
        publicListener.register(in: node.metrics)
        privateListener.register(in: node.metrics)
        node.metrics.gauge("process_resident_memory_bytes", help: "Resident memory.") {
            ProcessSetup.residentByteCount.map { Double($0) } ?? .nan
        }
    }

    /// The private listener as a multiaddr.
    var apiAddress: String {
        switch privateListener.options.address {
        case .tcp(let host, let port):
            "/\(host.contains(":") ? "ip6" : "ip4")/\(host)/tcp/\(privateListener.port ?? port)"
        case .unix(let path): "/unix\(path)"
        case .inherited, .inProcess: "/ip4/127.0.0.1/tcp/\(privateListener.port ?? 0)"
        }
    }

    /// The public listener as a URL.
    var gatewayURL: String {
        switch publicListener.options.address {
        case .tcp(let host, let port):
            "http://" + (host.contains(":") ? "[\(host)]" : host)
                + ":\(publicListener.port ?? port)"
        case .unix(let path): "unix:\(path)"
        case .inherited, .inProcess: "http://127.0.0.1:\(publicListener.port ?? 0)"
        }
    }

    /// The requests that are being worked on.
    var runningRequests: [String] {
        publicListener.runningRequests + privateListener.runningRequests
    }

    /// Takes no more requests and lets the running ones end. Both at once: each would otherwise use
    /// up the time of the other.
    func drain(by deadline: Deadline) {
        let other = Thread(ifPossible: "drain-private") { [privateListener] in
            privateListener.drain(by: deadline)
        }
        publicListener.drain(by: deadline)
        if let other { other.join() } else { privateListener.drain(by: deadline) }
    }

    /// Says so where there is less room than the configuration wants.
    private static func allotment(
        _ node: OpenNode
    ) throws(ConfigurationError) -> ConnectionAllotment {
        let wanted = node.configuration.listen.connectionsMax
        let privateWanted = min(wanted, Limits.rpcConnectionsMax)
        let (openFileMax, threadMax) = (ProcessSetup.openFileMax, ThreadLimit.current)
        let allotment = try ConnectionAllotment(
            publicWanted: wanted, privateWanted: privateWanted, openFileMax: openFileMax,
            threadMax: threadMax)
        if (allotment.publicCount, allotment.privateCount) != (wanted, privateWanted) {
            node.log.warning(
                "the limits of the system leave room for fewer connections than configured",
                [
                    .integer("openFiles", openFileMax), .integer("threads", threadMax ?? -1),
                    .integer("wanted", wanted),
                    .integer("public", allotment.publicCount),
                    .integer("private", allotment.privateCount),
                ])
        }
        return allotment
    }

    private static func options(
        _ name: String, _ address: ListenerAddress, _ connectionsMax: Int, _ node: OpenNode
    ) -> ListenerOptions {
        var options = ListenerOptions(name: name, address: address)
        options.connectionsMax = connectionsMax
        options.connectionsPerClientMax = node.configuration.listen.connectionsPerClientMax
        options.exchangeTimeout = node.configuration.gateway.requestDurationMax
        options.targetByteCountMax = node.configuration.gateway.urlByteCountMax
        if name == "private" {
            options.takeUploads()
        }
        let log = node.log
        let failures = FailureLog(ofListener: name, log)
        options.errorLog = { failures.write($0) }
        if log.level == .debug { options.accessLog = { AccessLine.write($0, to: log) } }
        return options
    }
}

extension ListenerOptions {
    /// Prepares a listener of the RPC for adds and imports, which take as long as they take: a person
    /// may think for a long time before the next line of standard input. Who sends nothing holds
    /// nothing, and gives way when connections are short. Lists of arguments may be long.
    mutating func takeUploads() {
        exchangeTimeout = .seconds(7 * 86_400)
        progressRateMin = 0
        connectionMemoryByteCount = Limits.rpcConnectionByteCount
        targetByteCountMax = Limits.rpcTargetByteCountMax
        headerByteCountMax = Limits.rpcHeaderByteCountMax
    }
}
