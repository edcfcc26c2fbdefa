import BlockStore
import Content
import Execution
import Gateway
import HTTPServer
import KuboRPC
import Multiformats
import Telemetry

/// A repository that is open, with everything on top of it that needs no address: the same for a
/// node that serves and for a command that works alone.
final class OpenNode: Sendable {
    let repository: Repository
    let configuration: Configuration
    let identity: Identity
    let log: Log
    let metrics: MetricRegistry
    let store: BlockStore
    let library: Library
    /// Has no thread before it is started: commands without a node have none.
    let scrubber: FollowerRunner<Scrubber>

    /// Opens the store of a repository.
    ///
    /// - Parameters:
    ///   - repository: locked by this process.
    ///   - configuration: checked.
    ///   - log: where what happens is told.
    init(_ repository: Repository, _ configuration: Configuration, log: Log) throws {
        self.repository = repository
        self.configuration = configuration
        self.log = log
        metrics = MetricRegistry()
        metrics.gauge(
            "holdfast_own_memory_bytes", help: "Memory that the system cannot take back."
        ) { ProcessSetup.ownByteCount.map { Double($0) } ?? .nan }
        metrics.gauge(
            "holdfast_allocated_memory_bytes", help: "Memory that is allocated and not freed."
        ) { Double(Allocator.usedByteCount) }
        // One that is finished has an identity, unless somebody has removed it.
        identity = try Identity.open(in: repository.home) { identity in
            log.warning(
                "the repository had no identity any more, and got a new one: clients see another node. "
                    + "To be the old one again, stop the node, and put keys/ back from a backup",
                [.text("peerID", identity.peerID), .text("repository", repository.home)])
        }
        var options = BlockStoreOptions(folder: repository.home)
        options.cacheByteCount = configuration.store.cacheByteCount
        options.reserveByteCount = Int(clamping: configuration.store.reserveByteCount)
        options.durability = configuration.store.durability == .os ? .os : .synced
        options.log = log
        options.metrics = metrics
        store = try BlockStore.open(options)
        library = Library(store: store)
        let rate = configuration.scrub.bytesPerSecond
        scrubber = FollowerRunner(
            Scrubber(every: rate > 0 ? configuration.scrub.interval : nil), on: store,
            bytesPerSecond: rate > 0 ? rate : nil)
        UnnamedFile.removeLeftovers(in: library.spoolFolder)
    }

    /// Closes the store, then gives the repository to others.
    func close() {
        store.close()
        repository.close()
    }

    /// The gateway on top of it.
    ///
    /// - Parameter errorLog: gets what clients are not told.
    func gateway(errorLog: @escaping @Sendable (String) -> Void) -> Handler {
        var settings = GatewaySettings()
        settings.fields = configuration.gateway.headers.sorted { $0.key < $1.key }
            .map { (name: $0.key, value: $0.value) }
        if !configuration.gateway.rootRedirect.isEmpty {
            settings.rootRedirect = configuration.gateway.rootRedirect
        }
        settings.deserializedResponses = configuration.gateway.deserializedResponses
        settings.concurrentRequestsMax = configuration.gateway.concurrentRequestsMax
        settings.errorLog = errorLog
        let gateway = Gateway(library: library, settings: settings)
        gateway.addMemory(to: metrics)
        return gateway.handler
    }

    /// The RPC on top of it.
    ///
    /// - Parameters:
    ///   - addresses: multiaddrs of the node, asked for when they are needed.
    ///   - shutdown: stops the node; nil where there is none to stop.
    ///   - scrubber: looks for damaged blocks; nil where no node runs that could.
    func rpc(
        addresses: @escaping @Sendable () -> [String], shutdown: (@Sendable () -> Void)? = nil,
        scrubber: FollowerRunner<Scrubber>? = nil,
        traffic: @escaping @Sendable () -> (received: UInt64, sent: UInt64) = { (0, 0) }
    ) -> KuboRPC {
        var settings = KuboRPCSettings(
            version: Version.current, peerID: identity.peerID, repositoryPath: repository.home,
            addresses: addresses)
        settings.kuboVersion = Version.kubo
        settings.publicKey = Multibase.base64pad.encodeWithoutPrefix(identity.publicKey)
        settings.allowedOrigins = configuration.rpc.allowedOrigins
        settings.allowedHosts = configuration.rpc.allowedHosts
        settings.importDefaults = configuration.imports
        settings.shutdown = shutdown
        settings.scrubber = scrubber
        settings.traffic = traffic
        if configuration.store.limitByteCount > 0 {
            settings.storageMax = configuration.store.limitByteCount
        }
        return KuboRPC(library: library, settings: settings)
    }
}
