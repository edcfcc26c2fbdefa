import Buffers
import Content
import Testing

@Suite(.timeLimit(.minutes(20)))
struct ContentPathTests {
    static let cid = "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn"

    @Test(arguments: [
        "\(cid)/a/b", "/ipfs/\(cid)/a/b", "ipfs://\(cid)/a/b", "ipfs:\(cid)/a/b",
        "/ipfs//\(cid)/./a//x/../b/",
    ])
    func allSpellingsOfAPathAreOne(text: String) throws {
        let path = try ContentPath(parsing: Bytes(utf8: text))
        #expect(path.text == "/ipfs/\(Self.cid)/a/b")
    }

    @Test(arguments: [
        ("QmNotReal", "invalid path \"QmNotReal\": path does not have enough components"),
        ("/ipfs", "invalid path \"/ipfs\": path does not have enough components"),
        ("", "invalid path \"\": path does not have enough components"),
        ("/foo/\(cid)", "invalid path \"/foo/\(cid)\": unknown namespace: \"foo\""),
        ("\(cid)/a/../..", "invalid path \"\(cid)/a/../..\": the path leads out of its root"),
        ("/ipns/example.com", "could not resolve name"),
    ])
    func whatIsNoPathIsRefused(text: String, message: String) {
        let error = contentError { _ = try ContentPath(parsing: Bytes(utf8: text)) }
        #expect(error?.message == message)
    }

    @Test func aBadCIDIsNamedAsSuch() {
        let error = contentError { _ = try ContentPath(parsing: "/ipfs/QmInvalidCID") }
        #expect(
            error?.message.hasPrefix("invalid path \"/ipfs/QmInvalidCID\": invalid cid: ") == true)
    }

    @Test func aPathHasALimitedNumberOfSegments() throws {
        let most = Self.cid + String(repeating: "/a", count: 256)
        #expect(try ContentPath(parsing: Bytes(utf8: most)).segments.count == 256)
        #expect(contentError { _ = try ContentPath(parsing: Bytes(utf8: most + "/a")) } != nil)
    }

    @Test func namesThatAreNotUTF8AreKeptAsBytes() throws {
        let names = try ContentPath.cleaned([Bytes([0xff, 0x61])], of: "")
        #expect(names == [Bytes([0xff, 0x61])])
    }
}
