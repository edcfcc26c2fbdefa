import Buffers
import Content
import Execution
import Testing

@Suite(.timeLimit(.minutes(40)))
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

    /// Nothing is made of what follows: there may be millions.
    @Test(arguments: ["a/", "./", "/", "../"])
    func aPathOfManySegmentsIsReadOneByOne(segment: String) throws {
        let many = Bytes(utf8: Self.cid + "/" + String(repeating: segment, count: 1_000_000))
        let error = contentError { _ = try ContentPath(parsing: many) }
        switch segment {
        case "a/": #expect(error?.message.hasSuffix("more than 256 segments") == true)
        case "../": #expect(error?.message.hasSuffix("leads out of its root") == true)
        default: #expect(error == nil)
        }
        var raw = CountedSegments(segment: Bytes(utf8: "a"))
        #expect(contentError { _ = try ContentPath.cleaned(raw, of: "") } != nil)
        #expect(raw.count.withLock { $0 } == 257)
        raw = CountedSegments(segment: Bytes(utf8: ".."))
        #expect(contentError { _ = try ContentPath.cleaned(raw, of: "") } != nil)
        #expect(raw.count.withLock { $0 } == 1)
    }

    /// Segments without end.
    private struct CountedSegments: Sequence, IteratorProtocol {
        let segment: Bytes
        let count = Locked(0)

        func next() -> Bytes? {
            count.withLock { $0 += 1 }
            return segment
        }
    }

    @Test func whatIsKeptOfAPathIsNotTheWholePath() throws {
        let text = Self.cid + "/name/" + String(repeating: "./", count: 10_000)
        let path = try ContentPath(parsing: Bytes(utf8: text))
        #expect(path.segments.map(\.heldByteCount).allSatisfy { $0 < 1_000 })
    }

    @Test func namesThatAreNotUTF8AreKeptAsBytes() throws {
        let names = try ContentPath.cleaned([Bytes([0xff, 0x61])], of: "")
        #expect(names == [Bytes([0xff, 0x61])])
    }
}
