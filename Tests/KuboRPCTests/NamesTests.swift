import Buffers
import HTTP
import TestSupport
import Testing

@testable import KuboRPC

/// Names, option words and arguments are bytes: nothing is made alike on its way in.
@Suite(.serialized, .timeLimit(.minutes(40)))
struct NamesTests {
    @Test(arguments: [["%C3%A9", "e%CC%81"], ["%E2%84%AB", "%C3%85"], ["%FE", "%FF"]])
    func twoEntriesOfOneAddKeepTheirOwnModes(filenames: [String]) throws {
        let modes = ["0600", "0644"]
        let parts = zip(filenames, modes).map { filename, mode in
            Part(name: "file?mode=\(mode)", filename: "d%2F" + filename, content: Array(mode.utf8))
        }
        let node = try TestNode()
        let lines = try AnyJSON.lines(node.upload("add?cid-version=1", parts).text)
        #expect(lines.compactMap { $0["Mode"]?.text } == modes)
        // Both are in the folder: each links to a block of its own.
        let root = try #require(lines.last?["Hash"]?.text)
        let listed = try AnyJSON.lines(node.call("refs?arg=\(root)").text)
        #expect(listed.count == 2)
    }

    @Test func aFilenameThatIsNotCodedKeepsItsBytes() throws {
        var body = Part.body([.file("NAME", "x")])
        let start = try #require(body.firstRange(of: Array("NAME".utf8)))
        body.replaceSubrange(start, with: [0x64, 0x2F, 0xFF, 0x2F, 0xCC, 0x81, 0x78])
        let node = try TestNode()
        let answer = try node.call(
            "add",
            headers: [("Content-Type", "multipart/form-data; boundary=\(Part.boundary)")],
            body: body)
        let coded = try node.upload("add", [.file("d%2F%FF%2F%CC%81x", "x")])
        #expect(answer.status == 200 && answer.text == coded.text)
        #expect(try AnyJSON.lines(answer.text).count == 3)
    }

    @Test func namesThatDifferInOneBadByteAreTwoEntries() throws {
        let node = try TestNode()
        let parts = ["d%2F%FE", "d%2F%FF", "d%2F%EF%BF%BD"].map { Part.file($0, $0) }
        let root = try #require(
            AnyJSON.lines(node.upload("add", parts).text).last?["Hash"]?.text)
        #expect(try AnyJSON.lines(node.call("refs?arg=\(root)").text).count == 3)
    }

    /// KELVIN SIGN is canonically equal to K; no command has an option K, nor one with an accent.
    @Test(arguments: ["%E2%84%AA", "pin%CC%81", "p%C3%ADn"])
    func anOptionIsFoundByItsOwnBytesOnly(word: String) throws {
        let spec = try #require(CommandTable.command(named: "add"))
        let bytes = try PercentCoding.decode(word)
        #expect(spec.option(named: bytes) == nil)
        #expect(try TestNode().upload("add?\(word)=nonsense", [.file("a", "x")]).status == 200)
    }

    @Test func anOptionThatIsNotUTF8IsRefusedAndNotAltered() throws {
        let answer = try TestNode().upload("add?pin-name=%FF", [.file("a", "x")])
        #expect(answer.status == 400)
        #expect(answer.text.contains("is not UTF-8"))
    }

    @Test func argumentsInTheBodyAreLinesOfBytes() throws {
        let node = try TestNode()
        let cids = try (0..<3).map { try stored("\($0)", in: node) }
        // U+2028, NEL and a form feed are line breaks for `String`, and bytes of a line here.
        for mark in ["\u{2028}", "\u{85}", "\u{c}"] {
            let answer = try node.upload(
                "cid/format?v=1", [Part(content: Array((cids[0] + mark + cids[1] + "\n").utf8))])
            let lines = try AnyJSON.lines(answer.text)
            #expect(lines.count == 1)
            #expect(lines.first?["ErrorMsg"]?.text?.isEmpty == false)
        }
        let list = cids.joined(separator: "\n") + "\n\n"
        let answer = try node.upload("pin/add", [Part(content: Array(list.utf8))])
        #expect(cids.allSatisfy { answer.text.contains($0) })
    }

    /// Also those that Kubo does not read from standard input, and those that need none.
    @Test func everyListOfTextsMayComeInTheBody() throws {
        let node = try TestNode()
        let cids = try (0..<2).map { try stored("\($0)", in: node) }
        let part = Part(content: Array(cids.joined(separator: "\n").utf8))
        #expect(try node.upload("pin/add", [part]).status == 200)
        let listed = try node.upload("pin/ls", [Part(content: Array(cids[0].utf8))])
        #expect(listed.text.contains(cids[0]) && !listed.text.contains(cids[1]))
        #expect(try node.upload("pin/ls", [Part(content: [])]).text.contains(cids[1]))
        #expect(try node.upload("pin/rm", [part]).status == 200)
        #expect(try node.upload("block/rm", [part]).text.contains(cids[1]))
        #expect(try node.call("block/stat?arg=\(cids[1])").status == 500)
    }

    @Test func aHundredThousandArgumentsAreTakenAndOneMoreIsRefused() throws {
        let node = try TestNode()
        let cid = "bafkqaaa\n"
        func answer(_ count: Int) throws -> RawAnswerMessage {
            let lines = String(repeating: cid, count: count)
            return try node.upload("cid/base32", [Part(content: Array(lines.utf8))])
        }
        #expect(try answer(100_000).text.split(separator: "\n").count == 100_000)
        let refused = try answer(100_001)
        #expect(refused.status == 400)
        #expect(refused.text.contains("more than 100000 arguments"))
    }

    private func stored(_ text: String, in node: TestNode) throws -> String {
        let answer = try node.upload("block/put", [.file("x", text)])
        return try #require(AnyJSON.lines(answer.text).first?["Key"]?.text)
    }
}
