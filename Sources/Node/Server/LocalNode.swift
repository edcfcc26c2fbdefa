import Buffers
import Execution
import HTTPServer
import KuboRPC
import Telemetry

/// A node inside a command: it opens the repository, and serves the RPC to this process alone.
///
/// So a command without a running node does what one with a node does, by the same code.
package final class LocalNode {
    private let node: OpenNode
    private let listener: Listener
    /// Removed with the node.
    private let scratchFolder: String?

    /// Opens a repository.
    ///
    /// - Parameters:
    ///   - home: the folder.
    ///   - environment: of the process.
    package convenience init(home: String, environment: [String: String]) throws {
        try self.init(home: home, environment: environment, scratchFolder: nil)
    }

    /// Opens an empty repository that goes away with the node: for commands that only convert texts,
    /// and so need neither a repository nor its lock. It also goes away with a process that a signal ends,
    /// as Ctrl-C does.
    package convenience init(scratchFor environment: [String: String]) throws {
        // Until it is complete: what is being made cannot be removed.
        Signals.keepBack()
        let folder = try File.makeTemporaryFolder(prefix: "holdfast-scratch-")
        do {
            let home = folder + "/home"
            _ = try Repository.initialize(home: home)
            try self.init(home: home, environment: environment, scratchFolder: folder)
        } catch {
            Self.removeScratch(folder)
            throw error
        }
        Signals.endProcess { Self.removeScratch(folder) }
    }

    private init(home: String, environment: [String: String], scratchFolder: String?) throws {
        self.scratchFolder = scratchFolder
        let repository = try Repository.open(home: home)
        // A command that opens a damaged repository repairs it, and nobody else is told what was lost.
        let log = Log(level: .warning, format: .human, to: Server.standardError)
        do {
            let configuration = try Server.configuration(home: home, environment: environment)
            node = try OpenNode(repository, configuration, log: log)
        } catch {
            repository.close()
            log.close()
            throw error
        }
        let pages = HealthPages(
            store: node.store, metrics: node.metrics, readiness: Readiness(.serving))
        // Nobody else reaches it, and the configured address may be another node's.
        let rpc = node.rpc(addresses: { [] })
        var options = ListenerOptions(name: "in-process", address: .inProcess)
        options.takeUploads()
        do {
            listener = try Listener(options, handler: rpc.guarding(pages.privateRoutes))
        } catch {
            node.close()
            log.close()
            throw error
        }
    }

    /// Makes a connection to it.
    ///
    /// - Returns: a connected socket; belongs to the caller.
    package var connect: @Sendable () throws -> Int32 {
        { [listener] in try listener.connect() }
    }

    /// Ends it: the store is closed, and the repository is free for others.
    package func close() {
        listener.drain(by: .after(.seconds(5)))
        node.close()
        node.log.close()
        if let scratchFolder { Self.removeScratch(scratchFolder) }
    }

    /// Removes the folder of an empty repository, also while its databases still make files there: a
    /// signal does not wait for them.
    private static func removeScratch(_ folder: String) {
        for _ in 0..<Limits.scratchRemovalsMax {
            try? File.removeTree(folder)
            // One that the system does not tell of may be there.
            if let isThere = try? File.exists(folder), !isThere { return }
            _ = Pending<Void>().value(by: .after(Limits.scratchRemovalPause))
        }
    }
}
