import BlockStore
import Content
import Execution
import Gateway
import Glibc
import HTTPServer
import KuboRPC

/// A node without sockets: a store in a scratch folder, and both surfaces on top of it.
///
/// One is used for many inputs, because opening a store takes longer than they do; what an input finds
/// it brings along, so that it finds the same alone.
final class RequestRig: Sendable {
    let gateway: Handler
    let rpc: Handler
    private let store: BlockStore
    private let folder: String

    private init() throws {
        folder = try File.makeTemporaryFolder(prefix: "holdfast-fuzz-")
        var options = BlockStoreOptions(folder: folder)
        options.makesIfMissing = true
        options.cacheByteCount = 1 << 20
        options.reserveByteCount = 0
        options.durability = .os
        options.logWriteBufferByteCount = 4 << 20
        options.metaWriteBufferByteCount = 1 << 20
        options.openFileCountMax = 64
        options.indexDelay = .milliseconds(5)
        store = try BlockStore.open(options)
        let library = Library(store: store)
        gateway = Gateway(library: library).handler
        var settings = KuboRPCSettings(
            version: "0.0.1", peerID: "12D3KooWSgzfPPT3JTk9AR3Db1PofGfmckSScvYSoKAMKqMunmLn",
            repositoryPath: folder, addresses: { ["/ip4/127.0.0.1/tcp/5001/http"] })
        settings.shutdown = {}
        rpc = KuboRPC(library: library, settings: settings).handler
    }

    private func remove() {
        store.close()
        try? File.removeTree(folder)
    }

    private struct Use {
        var rig: RequestRig?
        var count = 0
    }

    private static let use = Locked(Use())

    /// The rig for the next input: a new one after every 2,000, so that it stays small.
    static func next() throws -> RequestRig {
        try use.withLock { use in
            if use.count == 0 { removeAtExit() }
            use.count += 1
            if use.count % 2_000 == 0 {
                use.rig?.remove()
                use.rig = nil
            }
            if let rig = use.rig { return rig }
            let rig = try RequestRig()
            use.rig = rig
            return rig
        }
    }

    /// Takes the scratch folder away at the end of the process.
    private static func removeAtExit() {
        atexit {
            RequestRig.use.withLock { use in
                use.rig?.remove()
                use.rig = nil
            }
        }
    }
}
