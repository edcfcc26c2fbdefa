import BlockStore
import Buffers
import Content
import Execution
import HTTP
import HTTPServer
import IPLD
import Multiformats
import TestSupport
import Testing
import UnixFS

/// A type that cannot be found in the bytes of a file.
@Suite(.timeLimit(.minutes(40)))
struct UnreadableTypeTests {
    private let page = "<!doctype html><html>"
    private let rest = String(repeating: "x", count: 9_000)

    /// Browsers and proxies would keep the wrong type for a year.
    @Test func anErrorOfTheStoreIsAnErrorAndNoOtherType() throws {
        var source: FaultySource?
        let gateway = try ScratchGateway {
            source = FaultySource($0)
            return source
        }
        let (first, file) = try file(in: gateway)
        let forms: [(HTTP.Method, Fields)] = [
            (.get, [:]), (.head, [:]), (.get, ["Range": "bytes=\(page.utf8.count)-"]),
        ]
        source?.lose(first)
        for (method, fields) in forms {
            let answer = try gateway.answer(method, "/ipfs/\(file)", fields).response
            #expect(answer.status == .internalServerError)
            #expect(answer.fields["Cache-Control"]?.contains("immutable") != true)
        }
        source?.lose(nil)
        for (method, fields) in forms {
            let answer = try gateway.answer(method, "/ipfs/\(file)", fields).response
            #expect([.ok, .partialContent].contains(answer.status))
            #expect(answer.fields["Content-Type"] == "text/html")
        }
    }

    /// A range does not fail for the sake of its type.
    @Test func aRangeBehindABlockThatIsNotHereIsSent() throws {
        let gateway = try ScratchGateway()
        let (first, file) = try file(in: gateway)
        #expect(try gateway.library.store.delete(first.multihash, by: .never) == .deleted)
        let answer = try gateway.get("/ipfs/\(file)", ["Range": "bytes=\(page.utf8.count)-"])
        #expect(answer.response.status == .partialContent)
        #expect(answer.body == Bytes(utf8: rest))
    }

    /// A file of two blocks, and the first of them.
    private func file(in gateway: ScratchGateway) throws -> (first: CID, file: CID) {
        let writer = BlockWriter(
            gateway.library.access(for: RequestContext(deadline: soon())))
        let parts = try [page, rest].map { try writer.put(Bytes(utf8: $0), naming: .init()) }
        var message = UnixFSData(type: .file)
        message.blockSizes = [UInt64(page.utf8.count), UInt64(rest.utf8.count)]
        message.fileSize = message.blockSizes.reduce(0, +)
        let links = parts.map { DagPBLink(cid: $0, nameBytes: .empty, tsize: 1) }
        var naming = BlockWriter.Naming()
        naming.codec = .dagPB
        let node = DagPBNode(links: links, data: message.encode())
        return (parts[0], try writer.put(node.encode(), naming: naming))
    }
}
