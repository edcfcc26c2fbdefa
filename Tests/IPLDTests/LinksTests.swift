import Buffers
import IPLD
import Multiformats
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(40)))
struct LinksTests {
    static let json = """
        {"a":{"/":"bafkqaaa"},"b":[1,{"/":"bafyaabakaieac"},{"c/d":{"/":"bafkqaaa"}}]}
        """

    @Test(arguments: [Multicodec.dagJSON, .dagCBOR])
    func linksOfValuesComeInOrderWithTheirPaths(codec: Multicodec) throws {
        let value = try DagJSON.decode(Bytes(utf8: Self.json))
        let block = try Self.block(codec, IPLDCodec.encode(value, as: codec))
        let texts = ["bafkqaaa", "bafyaabakaieac", "bafkqaaa"]
        #expect(try Self.links(in: block).map { $0.text() } == texts)
        let named = try Self.namedLinks(in: block)
        #expect(named.map(\.name) == ["a", "b/1", "b/2/c/d"])
        #expect(named.map { $0.cid.text() } == texts)
        #expect(codec.mayHaveLinks)
    }

    @Test
    func linksOfNodesHaveTheirNames() throws {
        let cid = try CID(parsing: "bafkqaaa")
        let node = DagPBNode(links: [
            DagPBLink(cid: cid, name: "a", tsize: 1), DagPBLink(cid: cid, nameBytes: nil, tsize: 2),
        ])
        let block = Self.block(.dagPB, node.encode())
        #expect(try Self.links(in: block) == [cid, cid])
        #expect(try Self.namedLinks(in: block).map(\.name) == ["a", ""])
    }

    @Test(arguments: [Multicodec.raw, .json, .cbor, .libp2pKey])
    func otherCodecsHaveNone(codec: Multicodec) throws {
        let block = Self.block(codec, Bytes(utf8: Self.json))
        #expect(try Self.links(in: block).isEmpty)
        #expect(try Self.namedLinks(in: block).isEmpty)
        #expect(!codec.mayHaveLinks)
    }

    @Test(arguments: [0x78, 0x85, 0x1234])
    func whatBlocksOfUnknownCodecsLeadToIsNotKnown(code: UInt64) {
        let block = Self.block(Multicodec(rawValue: code), Bytes(utf8: Self.json))
        let error = #expect(throws: IPLDError.self) { try Self.links(in: block) }
        #expect(error?.code == .unsupported)
        #expect(throws: IPLDError.self) { try Self.namedLinks(in: block) }
        #expect(Multicodec(rawValue: code).mayHaveLinks)
    }

    @Test(arguments: [Multicodec.dagPB, .dagCBOR, .dagJSON])
    func blocksThatDoNotParseAreErrors(codec: Multicodec) {
        #expect(throws: IPLDError.self) {
            try Self.links(in: Self.block(codec, Bytes([0xff, 0xff])))
        }
    }

    private static func links(in block: Block) throws(IPLDError) -> [CID] {
        var found: [CID] = []
        var cursor = try LinkCursor(block)
        while let cid = cursor.next() { found.append(cid) }
        return found
    }

    private static func namedLinks(
        in block: Block
    ) throws(IPLDError) -> [(name: String, cid: CID)] {
        var found: [(name: String, cid: CID)] = []
        var cursor = try NamedLinkCursor(block)
        while let cid = cursor.next() { found.append((cursor.name.displayText, cid)) }
        return found
    }

    private static func block(_ codec: Multicodec, _ bytes: Bytes) -> Block {
        let multihash = Multihash(code: .sha2_256, inline32: (1, 2, 3, 4))
        return Block(cid: .v1(codec, multihash), bytes: bytes)
    }
}
