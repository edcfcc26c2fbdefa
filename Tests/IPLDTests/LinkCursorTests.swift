import Buffers
import IPLD
import Multiformats
import TestSupport
import Testing

/// Links one after the other, compared with those of the decoded value.
@Suite(.timeLimit(.minutes(40)))
struct LinkCursorTests {
    @Test
    func cursorsGiveTheLinksOfEveryFixture() throws {
        var count = 0
        for block in try CodecFixtures.car() { count += try Self.check(block) }
        #expect(count > 30)
    }

    @Test(arguments: [Multicodec.dagJSON, .dagCBOR], [1, 2, 3, 4] as [UInt64])
    func cursorsGiveTheLinksOfRandomValues(codec: Multicodec, seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<300 {
            let value = RandomValue.make(&random, depth: 4)
            guard let bytes = try? IPLDCodec.encode(value, as: codec) else { continue }
            _ = try Self.check(Self.block(codec, bytes))
        }
    }

    /// Whatever a block is, cursor and decoder agree whether it is one, and on its links.
    @Test(arguments: [Multicodec.dagJSON, .dagCBOR, .dagPB], [5, 6, 7] as [UInt64])
    func cursorsAndDecodersRefuseTheSame(codec: Multicodec, seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let intact = try CodecFixtures.car().filter { $0.cid.codec == codec }.map(\.bytes)
        for _ in 0..<5000 {
            var bytes = intact[random.below(intact.count)].array
            guard !bytes.isEmpty else { continue }
            for _ in 0...random.below(3) {
                bytes[random.below(bytes.count)] = UInt8(random.below(256))
            }
            let block = Self.block(codec, Bytes(bytes))
            if let error = Self.refusal(of: block) {
                #expect(throws: error) { _ = try LinkCursor(block) }
                #expect(throws: error) { _ = try NamedLinkCursor(block) }
            } else {
                _ = try Self.check(block)
            }
        }
    }

    private static func refusal(of block: Block) -> IPLDError? {
        do {
            if block.cid.codec == .dagPB {
                // Its value form is more than its links: names of links need not be texts.
                _ = try DagPBNode(decoding: block.bytes)
            } else {
                _ = try IPLDCodec.decode(block.bytes, as: block.cid.codec, .reading)
            }
            return nil
        } catch {
            return error
        }
    }

    @Test
    func whatOnlyLooksLikeALinkIsNone() throws {
        let json = #"""
            ["{\"/\":\"bafkqaaa\"}",{"a/":{"/":"bafkqaaa"}},{"/":{"bytes":"Lw"}},
            {"x":"/","y":{"z":[{"\/" : "bafkqaaa" }]}}, {"":{"":{"/":"bafkqaaa"}}}]
            """#
        var cursor = try NamedLinkCursor(Self.block(.dagJSON, Bytes(utf8: json)))
        var names: [String?] = []
        while cursor.next() != nil { names.append(cursor.name.utf8Text) }
        #expect(names == ["1/a/", "3/y/z/0", "4//"])
        var plain = try LinkCursor(Self.block(.dagJSON, Bytes(utf8: json)))
        for _ in names { #expect(plain.next()?.text() == "bafkqaaa") }
        #expect(plain.next() == nil)
    }

    /// A key that would be that of a link as the first of its map may come behind another one.
    @Test
    func keysAreNotTakenForFirstOnesByACursorThatIsTakenUpAgain() throws {
        let json = #"{"a":{"/":"bafkqaaa"},"/":[{"/":"bafkqaaa"}],"\u0041":{"/":"bafkqaaa"}}"#
        #expect(try Self.check(Self.block(.dagJSON, Bytes(utf8: json))) == 3)
    }

    /// However long the keys around it are, a place takes little memory.
    @Test
    func placesAreSmall() throws {
        let cid = try CID(parsing: "bafkqaaa")
        var value = IPLDValue.list([.link(cid), .link(cid)])
        for _ in 0..<50 {
            value = .map([.init(key: String(repeating: "k", count: 5_000), value: value)])
        }
        var cursor = try NamedLinkCursor(Self.block(.dagCBOR, DagCBOR.encode(value)))
        #expect(NamedLinkCursor.byteCount(outside: cursor.place) == 0)
        #expect(cursor.next() == cid)
        let byteCount = NamedLinkCursor.byteCount(outside: cursor.place)
        #expect((51 * 2 * 8...4_096).contains(byteCount))
        #expect(cursor.name.count > 250_000)
    }

    @Test
    func emptyKeysCount() throws {
        let cid = try CID(parsing: "bafkqaaa")
        let value = IPLDValue.map([
            .init(key: "", value: .map([.init(key: "a", value: .list([.null, .link(cid)]))]))
        ])
        var cursor = try NamedLinkCursor(Self.block(.dagCBOR, DagCBOR.encode(value)))
        #expect(cursor.next() == cid)
        #expect(cursor.name == Bytes(utf8: "/a/1"))
        #expect(cursor.next() == nil)
    }

    @Test
    func namesOfNodesAreTheirBytes() throws {
        let cid = try CID(parsing: "bafkqaaa")
        let names: [Bytes?] = [nil, .empty, [0xff, 0x00], Bytes(utf8: "e\u{301}")]
        let node = DagPBNode(
            links: names.map { DagPBLink(cid: cid, nameBytes: $0, tsize: nil) },
            data: Bytes([1, 2]))
        var cursor = try NamedLinkCursor(Self.block(.dagPB, node.encode()))
        for name in names {
            #expect(cursor.next() == cid)
            #expect(cursor.name == name ?? .empty)
        }
        #expect(cursor.next() == nil)
    }

    @Test
    func viewsOfNodesShowWhatDecodingGives() throws {
        for block in try CodecFixtures.car() where block.cid.codec == .dagPB {
            let node = try DagPBNode(decoding: block.bytes)
            let view = try DagPBView(block.bytes)
            #expect(view.data == node.data)
            #expect(view.linkCount == node.links.count)
            var links = view.links()
            for link in node.links {
                links = DagPBLinkCursor(block.bytes, resumingAt: links.position)
                #expect(links.next() == link)
            }
            #expect(links.next() == nil)
        }
    }

    @Test(arguments: [Multicodec.dagPB, .dagCBOR, .dagJSON, .raw], [Int.min, -1, 0, 1, .max])
    func noPlaceEndsTheProgram(codec: Multicodec, position: Int) {
        var cursor = LinkCursor(
            Self.block(codec, Bytes([UInt8](repeating: 0xd8, count: 100))), resumingAt: position)
        #expect(cursor.next() == nil)
        #expect((0...100).contains(cursor.position))
    }

    /// Compares both cursors, one of them taken up again after each link, with the decoded value.
    private static func check(_ block: Block) throws -> Int {
        let expected = try links(of: block)
        var cursor = try LinkCursor(block)
        var named = try NamedLinkCursor(block)
        var resumed = named
        for link in expected {
            #expect(cursor.next() == link.cid)
            cursor = LinkCursor(block, resumingAt: cursor.position)
            #expect(named.next() == link.cid && named.name == link.name)
            resumed = NamedLinkCursor(block, resumingAt: resumed.place)
            #expect(resumed.next() == link.cid && resumed.name == link.name)
        }
        resumed = NamedLinkCursor(block, resumingAt: resumed.place)
        #expect(cursor.next() == nil && named.next() == nil && resumed.next() == nil)
        return expected.count
    }

    private static func block(_ codec: Multicodec, _ bytes: Bytes) -> Block {
        Block(
            cid: .v1(codec, Multihash(code: .sha2_256, inline32: (1, 2, 3, 4))), bytes: bytes)
    }
}

extension LinkCursorTests {
    /// The links of the decoded block.
    private static func links(of block: Block) throws -> [(name: Bytes, cid: CID)] {
        switch block.cid.codec {
        case .dagPB:
            return try DagPBNode(decoding: block.bytes).links.map {
                (name: $0.nameBytes ?? .empty, cid: $0.cid)
            }
        case .dagCBOR, .dagJSON:
            let value = try IPLDCodec.decode(block.bytes, as: block.cid.codec, .reading)
            return links(of: value, below: "").map { (name: Bytes(utf8: $0.path), cid: $0.cid) }
        default: return []
        }
    }

    private static func links(
        of value: IPLDValue, below path: String
    ) -> [(path: String, cid: CID)] {
        func below(_ segment: String) -> String { path.isEmpty ? segment : path + "/" + segment }
        return switch value {
        case .link(let cid): [(path, cid)]
        case .list(let list):
            list.enumerated().flatMap { links(of: $0.element, below: below("\($0.offset)")) }
        case .map(let entries):
            entries.flatMap { links(of: $0.value, below: below($0.key)) }
        default: []
        }
    }
}
