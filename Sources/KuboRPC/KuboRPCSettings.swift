package import BlockStore
package import UnixFS

/// What the node tells its RPC about itself.
package struct KuboRPCSettings: Sendable {
    /// Holdfast's own version, without a leading `v`.
    package var version: String
    /// The Kubo release whose RPC is matched; clients read it as a semantic version.
    package var kuboVersion = "0.43.0"
    /// The peer id in the form `12D3Koo..`.
    package var peerID: String
    /// The node's public key as the base64 text of its protobuf form; empty without one.
    package var publicKey = ""
    /// The node's addresses as multiaddrs without the peer id; asked for when needed, because a
    /// port may be known only after the start. At least one, for clients that take a node without for
    /// one that is offline; none where the node serves its own process alone.
    package var addresses: @Sendable () -> [String]
    /// Origins of pages that may call, besides the listener's own and IPFS Companion's; `*` is all.
    package var allowedOrigins: [String] = []
    /// Names in `Host`, besides the loopback ones, without ports.
    package var allowedHosts: [String] = []
    /// What `repo/stat` calls the repository's place.
    package var repositoryPath: String
    /// The configured limit of the repository in bytes; nil means what the file system has.
    package var storageMax: UInt64?
    /// The node's defaults for `add`.
    package var importDefaults = ImportDefaults()
    /// Bytes of HTTP bodies that all listeners together received and sent.
    package var traffic: @Sendable () -> (received: UInt64, sent: UInt64) = { (0, 0) }
    /// Stops the node; returns at once. Nil where there is no node to stop.
    package var shutdown: (@Sendable () -> Void)?

    /// Looks for damaged blocks; nil where no node runs.
    package var scrubber: FollowerRunner<Scrubber>?

    /// Sets what has no default.
    ///
    /// - Parameters:
    ///   - version: Holdfast's own version.
    ///   - peerID: the node's peer id.
    ///   - repositoryPath: the folder of the repository.
    ///   - addresses: the node's addresses as multiaddrs.
    package init(
        version: String, peerID: String, repositoryPath: String,
        addresses: @escaping @Sendable () -> [String]
    ) {
        self.version = version
        self.peerID = peerID
        self.repositoryPath = repositoryPath
        self.addresses = addresses
    }
}
