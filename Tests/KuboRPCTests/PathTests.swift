import Buffers
import TestSupport
import Testing

@testable import KuboRPC

/// Paths in arguments lead to names of any bytes.
@Suite(.serialized, .timeLimit(.minutes(40)))
struct PathTests {
    /// Alike for text: none is UTF-8 but the last, which is what they are all shown as.
    private static let names = ["%FE", "%FF", "%EF%BF%BD"]

    private let node: TestNode
    private let root: String

    init() throws {
        node = try TestNode()
        let parts = Self.names.map { Part.file("d%2F\($0)%2Ff", "in " + $0) }
        root = try #require(
            AnyJSON.lines(node.upload("add?cid-version=1", parts).text).last?["Hash"]?.text)
    }

    private func first(_ target: String) throws -> AnyJSON {
        try #require(AnyJSON.lines(node.call(target).text).first, "\(target)")
    }

    @Test(arguments: names)
    func everyCommandFindsTheLink(name: String) throws {
        let path = "\(root)/\(name)"
        #expect(try node.call("cat?arg=\(path)/f").text == "in \(name)")
        #expect(try node.call("get?arg=\(path)/f").text.contains("in \(name)"))
        let file = try #require(first("dag/resolve?arg=\(path)/f")["Cid"]?["/"]?.text)
        let folder = try #require(first("dag/resolve?arg=\(path)")["Cid"]?["/"]?.text)
        #expect(try first("resolve?arg=/ipfs/\(path)/f")["Path"]?.text == "/ipfs/" + file)
        #expect(try first("refs?arg=\(path)")["Ref"]?.text == file)
        #expect(try first("block/stat?arg=\(path)/f")["Key"]?.text == file)
        #expect(try node.call("block/get?arg=\(path)/f").text == "in \(name)")
        #expect(try node.call("dag/stat?arg=\(path)&progress=false").text.contains(folder))
        #expect(try node.call("dag/export?arg=\(path)").text.contains("in \(name)"))
        for option in ["", "&stream=true"] {
            let listed = try first("ls?arg=\(path)\(option)")["Objects"]?.elements?.first
            #expect(listed?["Links"]?.elements?.first?["Hash"]?.text == file)
        }
        #expect(try first("pin/add?arg=\(path)")["Pins"]?.elements?.first?.text == folder)
        #expect(try node.call("pin/ls?arg=\(path)").text.contains(folder))
        #expect(try first("pin/rm?arg=\(path)")["Pins"]?.elements?.first?.text == folder)
    }

    @Test func aNameThatIsNotThereIsNotTakenForAnother() throws {
        let answer = try node.call("cat?arg=\(root)/%FD/f")
        #expect(answer.status == 500)
        #expect(answer.text.contains("no link named"))
    }

    /// What is left of a path inside a block is shown as text.
    @Test func theRestOfAPathIsReadable() throws {
        let put = try node.upload("dag/put", [.file("x", #"{"a":{"b":1}}"#)])
        let cid = try #require(AnyJSON.lines(put.text).first?["Cid"]?["/"]?.text)
        #expect(try first("dag/resolve?arg=\(cid)/a/b")["RemPath"]?.text == "/a/b")
        let refused = try node.call("cat?arg=\(cid)/a/b")
        #expect(refused.text.contains("the path ends inside a block"))
    }

    /// The words of a format are found by their own bytes.
    @Test func aMarkBehindAWordOfAFormatDoesNotHideIt() throws {
        let refs = try node.call("refs?arg=\(root)&format=%3Clinkname%3E%CC%81x%3Cdst%3E%CC%81")
        let text = try #require(AnyJSON.lines(refs.text).last?["Ref"]?.text)
        #expect(text.unicodeScalars.contains("\u{FFFD}") && !text.utf8.contains(UInt8(ascii: "<")))
    }
}
