import BlockStore
import Buffers
import Content
import Execution
import Gateway
import HTTP
import HTTPServer
import KuboRPC
import TestSupport

/// A node without sockets whose blocks are watched, for one request at a time.
final class AccountedNode: Sendable {
    let library: Library
    let ledger: BlockLedger
    private let gateway: Handler
    private let rpc: Handler
    private let store: BlockStore
    private let folder: String

    init() throws {
        folder = try File.makeTemporaryFolder(prefix: "holdfast-accounting-")
        var options = BlockStoreOptions(folder: folder)
        options.makesIfMissing = true
        options.cacheByteCount = 0
        options.reserveByteCount = 0
        options.durability = .os
        store = try BlockStore.open(options)
        ledger = BlockLedger(LocalSource(store))
        library = Library(store: store, source: ledger)
        gateway = Gateway(library: library).handler
        rpc =
            KuboRPC(
                library: library,
                settings: KuboRPCSettings(
                    version: "0.0.1", peerID: "none", repositoryPath: folder, addresses: { [] })
            ).handler
    }

    deinit {
        store.close()
        try? File.removeTree(folder)
    }

    /// Sends a request, and gives the pieces of its answer to a body one after the other, as a listener
    /// does that lets go of each before it takes the next.
    ///
    /// - Parameters:
    ///   - target: below `/api/v0/` it is a command.
    ///   - afterPiece: called between two pieces, and at the end of an answer that has none.
    /// - Returns: the status, and how many bytes the body had.
    func answer(
        _ target: String, afterPiece: (any BodySource) -> Void
    ) throws -> (status: Int, byteCount: Int) {
        let isCommand = target.hasPrefix("/api/v0/")
        let request = try Request(
            isCommand ? .post : .get, target, fields: ["Host": "127.0.0.1:5001"], deadline: soon())
        let reception: Reception
        do {
            reception = try (isCommand ? rpc : gateway)(request)
        } catch let error as any Answerable {
            reception = .respond(error.response)
        }
        switch reception {
        case .respond(let response): return try read(response, afterPiece)
        case .receive(let receiver): return try read(receiver.finish(), afterPiece)
        }
    }

    private func read(
        _ response: Response, _ afterPiece: (any BodySource) -> Void
    ) throws -> (status: Int, byteCount: Int) {
        let status = Int(response.status.code)
        switch response.body {
        case .none, .omitted: return (status, 0)
        case .bytes(let bytes): return (status, bytes.count)
        case .source(let source, _):
            defer { source.close() }
            var byteCount = 0
            while let count = try source.next(limit: 32 << 10)?.count {
                byteCount += count
                afterPiece(source)
            }
            return (status, byteCount)
        }
    }
}
