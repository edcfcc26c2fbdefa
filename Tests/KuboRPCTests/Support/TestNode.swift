import BlockStore
import Content
import Execution
import HTTP
import HTTPServer
import TestSupport

@testable import KuboRPC

/// A node in a temporary folder: a real store, and a listener with the RPC on a free port.
final class TestNode {
    let folder: String
    let store: BlockStore
    let library: Library
    let listener: Listener
    let port: UInt16
    let settings: KuboRPCSettings

    static let peerID = "12D3KooWSgzfPPT3JTk9AR3Db1PofGfmckSScvYSoKAMKqMunmLn"

    init(
        reserveByteCount: Int = 0, disk: SimulatedDisk? = nil,
        _ adjust: (inout KuboRPCSettings) -> Void = { _ in }
    ) throws {
        folder = try File.makeTemporaryFolder(prefix: "rpc-test-")
        var options = BlockStoreOptions(folder: folder)
        options.makesIfMissing = true
        options.durability = .os
        options.reserveByteCount = reserveByteCount
        options.disk = disk
        store = try BlockStore.open(options)
        library = Library(store: store)
        var settings = KuboRPCSettings(
            version: "0.0.1", peerID: TestNode.peerID, repositoryPath: folder,
            addresses: { ["/ip4/127.0.0.1/tcp/5001/http"] })
        settings.shutdown = {}
        adjust(&settings)
        self.settings = settings
        let rpc = KuboRPC(library: library, settings: settings)
        listener = try Listener(
            ListenerOptions(name: "private", address: .tcp(host: "127.0.0.1", port: 0)),
            handler: Router([.prefix("/api/v0/", rpc.handler)]).handler)
        port = listener.port ?? 0
    }

    deinit {
        listener.stop()
        store.close()
        try? File.removeTree(folder)
    }

    /// Sends a request on a connection of its own and reads the answer to its end.
    func call(
        _ target: String, method: String = "POST", headers: [(String, String)] = [],
        body: [UInt8] = []
    ) throws -> RawAnswerMessage {
        let client = RawClient(port: port)
        var head = "\(method) /api/v0/\(target) HTTP/1.1\r\nConnection: close\r\n"
        if !headers.contains(where: { $0.0.lowercased() == "host" }) {
            head += "Host: 127.0.0.1:\(port)\r\n"
        }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if !headers.contains(where: { $0.0.lowercased() == "transfer-encoding" }) {
            head += "Content-Length: \(body.count)\r\n"
        }
        client.send(Array((head + "\r\n").utf8) + body)
        return try RawAnswerMessage(client.readAll())
    }

    /// A request without a connection, for parts of the transport.
    func request(_ target: String) throws -> Request {
        try Request(.post, "/api/v0/" + target)
    }

    /// Sends a multipart body.
    func upload(_ target: String, _ parts: [Part]) throws -> RawAnswerMessage {
        try call(
            target,
            headers: [("Content-Type", "multipart/form-data; boundary=\(Part.boundary)")],
            body: Part.body(parts))
    }
}

/// One part of a multipart body as a client writes it.
struct Part {
    var name = "file"
    var filename: String? = "a"
    var type: String? = "application/octet-stream"
    var content: [UInt8] = []

    static let boundary = "frontier-of-the-test"

    static func file(_ filename: String, _ content: String) -> Part {
        Part(filename: filename, content: Array(content.utf8))
    }

    static func body(_ parts: [Part]) -> [UInt8] {
        var body: [UInt8] = []
        for part in parts {
            var head = "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(part.name)\""
            if let filename = part.filename { head += "; filename=\"\(filename)\"" }
            if let type = part.type { head += "\r\nContent-Type: \(type)" }
            body += Array((head + "\r\n\r\n").utf8) + part.content + Array("\r\n".utf8)
        }
        return body + Array("--\(boundary)--\r\n".utf8)
    }
}
