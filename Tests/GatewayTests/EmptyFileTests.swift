import Buffers
import Content
import HTTP
import HTTPServer
import IPLD
import Multiformats
import TestSupport
import Testing
import UnixFS

/// Files that say that they, or parts of them, are empty: it is looked whether that is so.
@Suite(.timeLimit(.minutes(40)))
struct EmptyFileTests {
    private let gateway: ScratchGateway
    private let writer: BlockWriter

    init() throws {
        gateway = try ScratchGateway()
        writer = BlockWriter(gateway.library.access(for: RequestContext(deadline: soon())))
    }

    private func raw(_ text: String) throws -> CID {
        try writer.put(Bytes(utf8: text), naming: .init())
    }

    private func file(_ parts: [(cid: CID, size: UInt64)]) throws -> CID {
        var message = UnixFSData(type: .file)
        message.blockSizes = parts.map(\.size)
        message.fileSize = parts.reduce(0) { $0 + $1.size }
        let links = parts.map { DagPBLink(cid: $0.cid, nameBytes: .empty, tsize: 1) }
        var naming = BlockWriter.Naming()
        naming.codec = .dagPB
        return try writer.put(
            DagPBNode(links: links, data: message.encode()).encode(), naming: naming)
    }

    /// All ways to read a file agree about it.
    @Test(arguments: [
        "/ipfs/%", "/ipfs/%?filename=a.txt", "/ipfs/%?format=car&dag-scope=entity",
        "/ipfs/%?format=tar",
    ])
    func aFileThatSaysItIsEmptyAndIsNotIsAnError(form: String) throws {
        let full = try raw("full")
        let hollow = try file([(raw(""), 0), (full, 0)])
        for root in [hollow, try file([(hollow, 0)]), try file([(raw("some"), 4), (hollow, 0)])] {
            let target = form.replacing("%", with: root.text())
            var (status, message, isBroken) = (Status.ok, "", false)
            do {
                let answer = try gateway.get(target)
                (status, message) = (answer.response.status, answer.body.utf8Text ?? "")
            } catch {
                (isBroken, message) = (true, "\(error)")
            }
            #expect(isBroken || status == .internalServerError, "\(target)")
            #expect(message.contains(full.text()) && message.contains("claims 0"), "\(target)")
        }
    }

    @Test func theStatusOfTheHeadIsThatOfTheBody() throws {
        let root = try file([(raw("full"), 0)])
        #expect(
            try gateway.answer(.head, "/ipfs/\(root)").response.status == .internalServerError)
    }

    @Test func aFileOfEmptyPartsIsEmpty() throws {
        let none = try raw("")
        for root in [try file([]), try file([(none, 0), (try file([(none, 0)]), 0)])] {
            let answer = try gateway.get("/ipfs/\(root)")
            #expect(answer.response.status == .ok)
            #expect(answer.body.isEmpty && answer.length == 0)
            #expect(
                try gateway.get("/ipfs/\(root)?format=car&dag-scope=entity").response.status == .ok)
        }
    }

    /// There may be more of them than anybody wants to wait for.
    @Test func theTypeIsFoundWithoutLookingAtEmptyParts() throws {
        let root = try file([(raw("some text"), 9), (raw("full"), 0)])
        let answer = try gateway.answer(.head, "/ipfs/\(root)")
        #expect(answer.response.status == .ok)
        #expect(answer.response.fields["Content-Type"] == "text/plain; charset=utf-8")
    }
}
