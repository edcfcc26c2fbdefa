import BlockStore
import Buffers
import Content
import Execution
import Gateway
import HTTP
import HTTPServer
import IPLD
import Multiformats
import TestSupport
import UnixFS

/// A gateway over a store in a folder that goes away with it.
final class ScratchGateway: Sendable {
    let library: Library
    let gateway: Gateway
    private let store: BlockStore
    private let folder: String

    init(
        settings: GatewaySettings = GatewaySettings(),
        source: (BlockStore) -> (any ContentSource)? = { _ in nil }
    ) throws {
        folder = try File.makeTemporaryFolder(prefix: "holdfast-gateway-")
        var options = BlockStoreOptions(folder: folder)
        options.makesIfMissing = true
        options.reserveByteCount = 0
        options.reopenPatience = .milliseconds(50)
        store = try BlockStore.open(options)
        library = Library(store: store, source: source(store))
        gateway = Gateway(library: library, settings: settings)
    }

    deinit {
        store.close()
        try? File.removeTree(folder)
    }

    /// Loads every CAR of the conformance suite.
    func loadConformanceData() throws {
        let root = "gateway-conformance"
        for folder in try File.names(in: Fixture.path(root)) {
            let path = root + "/" + folder
            let names =
                folder.hasSuffix(".car")
                ? [path]
                : ((try? File.names(in: Fixture.path(path))) ?? []).map { path + "/" + $0 }
            for name in names where name.hasSuffix(".car") { try load(try Fixture.bytes(name)) }
        }
    }

    /// Puts the blocks of a CAR into the store, without pins.
    func load(_ car: Bytes) throws {
        let context = RequestContext(deadline: .after(.seconds(30)))
        let archive = CARImport(library.access(for: context))
        try archive.feed(car)
        try archive.endArchive()
        _ = try archive.finish(pinsRoots: false)
    }

    /// Stores a folder with these entries.
    func store(folder entries: [(name: String, cid: CID)]) throws -> CID {
        let node = DagPBNode(
            links: entries.map { DagPBLink(cid: $0.cid, name: $0.name, tsize: 1) },
            data: UnixFSData(type: .directory).encode())
        var naming = BlockWriter.Naming()
        naming.codec = .dagPB
        let context = RequestContext(deadline: soon())
        return try BlockWriter(library.access(for: context)).put(node.encode(), naming: naming)
    }

    /// Stores a folder with these entries as a HAMT.
    func store(shardsOf entries: [(name: String, cid: CID)]) throws -> CID {
        var options = ImportOptions()
        options.hamtThreshold = 1
        var builder = DirectoryBuilder(options: options)
        for (name, cid) in entries {
            try builder.add(Bytes(utf8: name), Child(cid: cid, fileByteCount: 1, tsize: 1))
        }
        let writer = BlockWriter(library.access(for: RequestContext(deadline: soon())))
        return try builder.finish { bytes, codec in
            var naming = BlockWriter.Naming()
            naming.codec = codec
            return try writer.put(bytes, naming: naming)
        }.cid
    }

    /// The answer to a request, with the whole body read.
    func answer(
        _ method: HTTP.Method, _ target: String, _ fields: Fields = [:]
    ) throws -> (response: Response, body: Bytes, length: UInt64?) {
        let request = try Request(method, target, fields: fields)
        guard case .respond(let response) = try gateway.handler(request) else {
            throw FixtureError.missing("an answer without a body of the request")
        }
        switch response.body {
        case .none: return (response, .empty, 0)
        case .omitted(let length): return (response, .empty, length)
        case .bytes(let bytes): return (response, bytes, UInt64(bytes.count))
        case .source(let source, let length):
            defer { source.close() }
            var writer = ByteWriter()
            while let piece = try source.next(limit: 32 << 10) { writer.append(piece) }
            return (response, writer.finish(), length)
        }
    }

    func get(
        _ target: String, _ fields: Fields = [:]
    ) throws -> (response: Response, body: Bytes, length: UInt64?) {
        try answer(.get, target, fields)
    }
}
