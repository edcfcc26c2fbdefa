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
    ///   - range: of the bytes that are asked for.
    ///   - upload: what is sent along, as one part.
    ///   - whenPiece: gets each piece; keeps none.
    ///   - afterPiece: called behind each piece of an answer that has some.
    func answer(
        _ target: String, range: String? = nil, upload: Bytes? = nil,
        whenPiece: (Bytes) -> Void = { _ in },
        afterPiece: (any BodySource) -> Void = { _ in }
    ) throws -> AccountedAnswer {
        let isCommand = target.hasPrefix("/api/v0/")
        var fields: Fields = ["Host": "127.0.0.1:5001"]
        fields["Range"] = range.map { "bytes=" + $0 }
        if upload != nil { fields["Content-Type"] = "multipart/form-data; boundary=x" }
        let request = try Request(
            isCommand ? .post : .get, target, fields: fields, deadline: soon())
        let reception: Reception
        do {
            reception = try (isCommand ? rpc : gateway)(request)
        } catch let error as any Answerable {
            reception = .respond(error.response)
        }
        switch reception {
        case .respond(let response): return try read(response, whenPiece, afterPiece)
        case .receive(let receiver):
            if let upload { try send(upload, to: receiver) }
            return try read(receiver.finish(), whenPiece, afterPiece)
        }
    }

    private func send(_ content: Bytes, to receiver: any BodyReceiver) throws {
        let head =
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n"
            + "Content-Type: application/octet-stream\r\n\r\n"
        var rest = Bytes(utf8: head).appending(content).appending(Bytes(utf8: "\r\n--x--\r\n"))
        while !rest.isEmpty {
            try receiver.receive(rest.prefix(100_000).detached())
            rest = rest.dropFirst(100_000)
        }
    }

    private func read(
        _ response: Response, _ whenPiece: (Bytes) -> Void,
        _ afterPiece: (any BodySource) -> Void
    ) throws -> AccountedAnswer {
        var answer = AccountedAnswer(status: Int(response.status.code))
        switch response.body {
        case .none, .omitted: break
        case .bytes(let bytes): answer.add(bytes)
        case .source(let source, _):
            defer { source.close() }
            while try add(source.next(limit: 32 << 10), to: &answer, whenPiece) {
                afterPiece(source)
            }
        }
        return answer
    }

    /// - Returns: false at the end of the answer. Nobody has the piece when it returns.
    private func add(
        _ piece: Bytes?, to answer: inout AccountedAnswer, _ whenPiece: (Bytes) -> Void
    ) -> Bool {
        guard let piece else { return false }
        answer.add(piece)
        whenPiece(piece)
        return true
    }
}
