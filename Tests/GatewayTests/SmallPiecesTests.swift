import Buffers
import Content
import HTTP
import HTTPServer
import Multiformats
import TestSupport
import Testing
import UnixFS

/// Files that are stored in pieces of a few bytes.
@Suite(.timeLimit(.minutes(40)))
struct SmallPiecesTests {
    private let gateway: ScratchGateway

    init() throws { gateway = try ScratchGateway() }

    /// The type is that of the file, whatever pieces it was cut into.
    @Test(arguments: [
        ("<!DOCTYPE html><html><body>hi</body></html>", "text/html"),
        ("<?xml version=\"1.0\"?><!-- c --><svg xmlns=\"x\"/>", "image/svg+xml"),
        ("%PDF-1.7 and so on", "application/pdf"), ("GIF89a....", "image/gif"),
        ("{\"a\":[1,2,3]}", "application/json"), ("plain words", "text/plain; charset=utf-8"),
    ])
    func theTypeIsThatOfTheFile(text: String, type: String) throws {
        for byteCount in [1, 3, 1 << 18] {
            for links in [2, 174] {
                let root = try add(Bytes(utf8: text), byteCount, links)
                for method in [Method.head, .get] {
                    let answer = try gateway.answer(method, "/ipfs/\(root)")
                    #expect(answer.response.fields["Content-Type"] == type, "\(byteCount)")
                    if method == .get { #expect(answer.body == Bytes(utf8: text)) }
                }
            }
        }
    }

    /// A text that is cut in a letter where the sniffing ends is still a text.
    @Test(arguments: [3_071, 3_072, 3_073, 10_000])
    func noMoreIsLookedAtThanNeeded(count: Int) throws {
        let text = String(repeating: "a", count: count - 1) + "\u{e9}" + "words"
        let root = try add(Bytes(utf8: text), 700, 174)
        let answer = try gateway.get("/ipfs/\(root)")
        #expect(answer.response.fields["Content-Type"] == "text/plain; charset=utf-8")
    }

    private func add(_ bytes: Bytes, _ byteCount: Int, _ links: Int) throws -> String {
        var options = ImportOptions()
        (options.chunker, options.maxFileLinks) = (.fixed(byteCount), links)
        let context = RequestContext(deadline: soon())
        let session = try AddSession(gateway.library.access(for: context), options: options) { _ in
        }
        try session.beginFile(at: .top)
        try session.write(bytes)
        try session.endFile()
        return try #require(try session.finish(pinning: .none).first).cid.text()
    }
}
