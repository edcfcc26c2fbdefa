import Buffers
import IPLD
import Multiformats
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(40)))
struct DagPBNodeTests {
    @Test
    func theTestDataDecodeAndEncodeToTheSameBytes() throws {
        let files = try CodecFixtures.positive(".dag-pb")
        #expect(files.count == 17)
        for (name, bytes) in files {
            let node = try DagPBNode(decoding: bytes)
            #expect(node.encode() == bytes, "\(name)")
            #expect(node.encodedCount == bytes.count, "\(name)")
            let value = try DagPBForm.value(of: node)
            #expect(try DagPBForm.node(from: value) == node, "\(name)")
        }
    }

    @Test
    func theNegativeTestDataAreRefused() throws {
        let cases = try CodecFixtures.negativeDecode("dag-pb/decode/edges.json")
        #expect(cases.count == 9)
        for (name, bytes, cause) in cases {
            let error = #expect(throws: IPLDError.self, "\(name)") {
                try DagPBNode(decoding: bytes)
            }
            #expect(error?.message.lowercased().contains(cause.lowercased()) == true, "\(name)")
        }
    }

    @Test(arguments: ["basic-datamodel-kinds", "invalid-forms"])
    func theNegativeFormsAreRefused(file: String) throws {
        let cases = try CodecFixtures.negativeEncode("dag-pb/encode/\(file).json")
        #expect(cases.count > 10)
        for (name, value, cause) in cases where !cause.hasSuffix(Self.unsorted) {
            let error = #expect(throws: IPLDError.self, "\(name)") {
                try DagPBForm.node(from: value)
            }
            #expect(error?.message.hasPrefix(cause) == true, "\(name): \(error?.message ?? "")")
            #expect(error?.code == .form)
        }
    }

    private static let unsorted = "(links must be sorted by Name bytes)"

    /// Kubo's encoder puts links into order instead of refusing them.
    @Test
    func formsWithoutOrderAreWrittenInOrder() throws {
        let cases = try CodecFixtures.negativeEncode("dag-pb/encode/invalid-forms.json")
            .filter { $0.cause.hasSuffix(Self.unsorted) }
        #expect(cases.count == 2)
        for (name, value, _) in cases {
            let node = try DagPBForm.node(from: value)
            let block = try IPLDCodec.encode(value, as: .dagPB)
            #expect(block != node.encode(), "\(name)")
            let names = try DagPBNode(decoding: block).links.map { $0.nameBytes ?? .empty }
            #expect(names == node.links.map { $0.nameBytes ?? .empty }.sorted(), "\(name)")
        }
    }

    /// By bytes, shorter names first, absent ones as empty ones; links of one name stay as they were.
    @Test
    func theOrderOfLinksIsThatOfTheirNamesAndStable() throws {
        let cid = try CID(parsing: "bafkqaaa")
        let names: [String?] = ["b", "", "é", "a", nil, "aa", "b", "", "e\u{301}", "Z", nil]
        let links = names.enumerated().map {
            DagPBLink(cid: cid, name: $0.element, tsize: UInt64($0.offset))
        }
        let value = try DagPBForm.value(of: DagPBNode(links: links))
        let block = try IPLDCodec.encode(value, as: .dagPB)
        #expect(
            try DagPBNode(decoding: block).links.map(\.tsize) == [1, 4, 7, 10, 9, 3, 5, 0, 6, 8, 2])
        #expect(try IPLDCodec.encode(IPLDCodec.decode(block, as: .dagPB), as: .dagPB) == block)
    }

    @Test
    func absentAndEmptyFieldsAreKeptApart() throws {
        let cid = try CID(parsing: "bafkqaaa")
        let absent = DagPBNode(links: [DagPBLink(cid: cid, nameBytes: nil, tsize: nil)])
        let empty = DagPBNode(
            links: [DagPBLink(cid: cid, nameBytes: .empty, tsize: 0)], data: .empty)
        #expect(absent.encode() != empty.encode())
        #expect(try DagPBNode(decoding: absent.encode()) == absent)
        #expect(try DagPBNode(decoding: empty.encode()) == empty)
        #expect(empty.encode().array.suffix(6) == [0x12, 0x00, 0x18, 0x00, 0x0a, 0x00])
        #expect(DagPBNode().encode().isEmpty)
        #expect(try DagPBNode(decoding: .empty) == DagPBNode())
    }

    @Test
    func dataBeforeTheLinksIsRead() throws {
        let cid = try CID(parsing: "bafkqaaa")
        let node = DagPBNode(
            links: [DagPBLink(cid: cid, name: "a", tsize: 1)], data: Bytes([1, 2]))
        let canonical = node.encode()
        let swapped = Bytes(canonical.array.suffix(4) + canonical.array.dropLast(4))
        #expect(try DagPBNode(decoding: swapped) == node)
    }

    @Test(
        arguments: [
            [0x0a], [0x0a, 0x02, 0x00], [0x08, 0x00], [0x1a, 0x00], [0x0a, 0x00, 0x0a, 0x00],
            [0x12, 0x07, 0x0a, 0x05, 0x01, 0x55, 0x00, 0x00, 0xff],
            [0x12, 0x08, 0x12, 0x00, 0x0a, 0x04, 0x01, 0x55, 0x00, 0x00],
            [0x12, 0x08, 0x0a, 0x04, 0x01, 0x55, 0x00, 0x00, 0x1a, 0x00],
            [0x12, 0x08, 0x0a, 0x04, 0x01, 0x55, 0x00, 0x00, 0x20, 0x00],
            [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
            [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
        ] as [[UInt8]])
    func brokenBlocksAreRefused(bytes: [UInt8]) {
        #expect(throws: IPLDError.self) { try DagPBNode(decoding: Bytes(bytes)) }
    }

    @Test
    func randomNodesComeBack() throws {
        var random = SeededRandom(seed: 21)
        for _ in 0..<300 {
            let node = Self.randomNode(&random)
            #expect(try DagPBNode(decoding: node.encode()) == node)
        }
    }

    @Test
    func changedBlocksNeverTrap() throws {
        var random = SeededRandom(seed: 22)
        for _ in 0..<3000 {
            var bytes = Self.randomNode(&random).encode().array
            guard !bytes.isEmpty else { continue }
            for _ in 0...random.below(3) {
                bytes[random.below(bytes.count)] = UInt8(random.below(256))
            }
            guard let node = try? DagPBNode(decoding: Bytes(bytes)) else { continue }
            #expect(try DagPBNode(decoding: node.encode()) == node)
        }
    }

    private static func randomNode(_ random: inout SeededRandom) -> DagPBNode {
        let links = (0..<random.below(6)).map { _ in
            let multihash = Multihash(code: .sha2_256, digest: random.bytes(32))
            let cid = Bool.random(using: &random) ? CID.v0(multihash) : CID.v1(.raw, multihash)
            return DagPBLink(
                cid: cid,
                nameBytes: Bool.random(using: &random) ? random.bytes(random.below(20)) : nil,
                tsize: Bool.random(using: &random) ? random.next() >> UInt64(random.below(64)) : nil
            )
        }
        let data = Bool.random(using: &random) ? random.bytes(random.below(200)) : nil
        return DagPBNode(links: links, data: data)
    }
}
