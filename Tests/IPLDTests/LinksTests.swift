import Buffers
import IPLD
import Multiformats
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20)))
struct LinksTests {
    static let json = """
        {"a":{"/":"bafkqaaa"},"b":[1,{"/":"bafyaabakaieac"},{"c/d":{"/":"bafkqaaa"}}]}
        """

    @Test(arguments: [Multicodec.dagJSON, .dagCBOR])
    func linksOfValuesComeInOrderWithTheirPaths(codec: Multicodec) throws {
        let value = try DagJSON.decode(Bytes(utf8: Self.json))
        let block = try Self.block(codec, IPLDCodec.encode(value, as: codec))
        let texts = ["bafkqaaa", "bafyaabakaieac", "bafkqaaa"]
        #expect(try Links.links(in: block).map { $0.text() } == texts)
        let named = try Links.namedLinks(in: block)
        #expect(named.map(\.name) == ["a", "b/1", "b/2/c/d"])
        #expect(named.map { $0.cid.text() } == texts)
        #expect(Links.mayHaveLinks(codec))
    }

    @Test
    func linksOfNodesHaveTheirNames() throws {
        let cid = try CID(parsing: "bafkqaaa")
        let node = DagPBNode(links: [
            DagPBLink(cid: cid, name: "a", tsize: 1), DagPBLink(cid: cid, nameBytes: nil, tsize: 2),
        ])
        let block = Self.block(.dagPB, node.encode())
        #expect(try Links.links(in: block) == [cid, cid])
        #expect(try Links.namedLinks(in: block).map(\.name) == ["a", ""])
    }

    @Test(arguments: [Multicodec.raw, .json, .cbor, Multicodec(rawValue: 0x1234)])
    func otherCodecsHaveNone(codec: Multicodec) throws {
        let block = Self.block(codec, Bytes(utf8: Self.json))
        #expect(try Links.links(in: block).isEmpty)
        #expect(try Links.namedLinks(in: block).isEmpty)
        #expect(!Links.mayHaveLinks(codec))
    }

    @Test(arguments: [Multicodec.dagPB, .dagCBOR, .dagJSON])
    func blocksThatDoNotParseAreErrors(codec: Multicodec) {
        #expect(throws: IPLDError.self) {
            try Links.links(in: Self.block(codec, Bytes([0xff, 0xff])))
        }
    }

    private static func block(_ codec: Multicodec, _ bytes: Bytes) -> Block {
        let multihash = Multihash(code: .sha2_256, inline32: (1, 2, 3, 4))
        return Block(cid: .v1(codec, multihash), bytes: bytes)
    }
}

@Suite(.timeLimit(.minutes(20)))
struct IPLDPathTests {
    @Test(arguments: [
        ("a", "link 1"), ("a/x/y", "link 1"), ("b", "value"), ("b/0", "value"), ("b/1", "link 2"),
        ("b/1/rest", "link 2"), ("b/2/c", "missing 2"), ("b/3", "missing 1"), ("b/01", "missing 1"),
        ("b/-1", "missing 1"), ("b/0/x", "missing 2"), ("x", "missing 0"), ("", "value"),
        ("b/99999999999999999999", "missing 1"), ("7", "value"), ("b/2", "value"),
    ])
    func pathsEndAtLinksValuesOrNowhere(path: String, expected: String) throws {
        let json = """
            {"a":{"/":"bafkqaaa"},"7":true,\
            "b":[1,{"/":"bafyaabakaieac"},{"c/d":{"/":"bafkqaaa"}}]}
            """
        let value = try DagJSON.decode(Bytes(utf8: json))
        let segments = path.split(separator: "/").map { Bytes(utf8: $0) }
        let text =
            switch IPLDPath.step(segments, in: value) {
            case .link(_, let used): "link \(used)"
            case .value: "value"
            case .missing(let index): "missing \(index)"
            }
        #expect(text == expected)
    }

    @Test
    func aKeyMayContainASlashOrBeAnyText() throws {
        let value = IPLDValue.map([
            .init(key: "c/d", value: .integer(1)), .init(key: "e\u{301}", value: .integer(2)),
        ])
        guard case .value(.integer(1)) = IPLDPath.step([Bytes(utf8: "c/d")], in: value) else {
            Issue.record("the key with a slash was not found")
            return
        }
        guard case .missing(0) = IPLDPath.step([Bytes(utf8: "\u{e9}")], in: value) else {
            Issue.record("another normalisation of a key was found")
            return
        }
        guard case .missing(0) = IPLDPath.step([Bytes([0xff])], in: value) else {
            Issue.record("bytes that are not UTF-8 were found")
            return
        }
    }

    @Test
    func aLinkAsTheWholeValueUsesNoSegment() throws {
        let cid = try CID(parsing: "bafkqaaa")
        guard case .link(cid, used: 0) = IPLDPath.step([Bytes(utf8: "a")], in: .link(cid)) else {
            Issue.record("not a link")
            return
        }
    }
}
