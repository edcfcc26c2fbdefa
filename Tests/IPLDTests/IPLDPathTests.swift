import Buffers
import IPLD
import Multiformats
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(40)))
struct IPLDPathTests {
    @Test(
        arguments: [
            ("a", "link 1"), ("a/x/y", "link 1"), ("b", "value [1,"), ("b/0", "value 1"),
            ("b/1", "link 2"), ("b/1/rest", "link 2"), ("b/2/c", "missing 2"), ("b/3", "missing 1"),
            ("b/01", "missing 1"), ("b/-1", "missing 1"), ("b/0/x", "missing 2"),
            ("x", "missing 0"),
            ("", "value {\"7"), ("b/99999999999999999999", "missing 1"), ("7", "value true"),
            ("b/2", "value {\"c"), ("b/4", "missing 1"), ("b/9223372036854775807", "missing 1"),
        ], [Multicodec.dagJSON, .dagCBOR])
    func pathsEndAtLinksValuesOrNowhere(_ path: (String, String), codec: Multicodec) throws {
        let json = """
            {"a":{"/":"bafkqaaa"},"7":true,\
            "b":[1,{"/":"bafyaabakaieac"},{"c/d":{"/":"bafkqaaa"}}]}
            """
        let value = try DagJSON.decode(Bytes(utf8: json))
        let block = Self.block(codec, try IPLDCodec.encode(value, as: codec))
        let segments = path.0.split(separator: "/").map { Bytes(utf8: $0) }
        let text: String =
            switch try IPLDPath.step(segments, in: block) {
            case .link(_, let used): "link \(used)"
            case .value(let range):
                "value "
                    + (try #require(
                        try DagJSON.encode(
                            IPLDCodec.decode(block.bytes[range], as: codec, .reading)
                        ).utf8Text))
            case .missing(let index): "missing \(index)"
            }
        #expect(text.hasPrefix(path.1), "\(text)")
    }

    /// Every value of random trees is found by its path, as a range that holds this value alone.
    @Test(arguments: [Multicodec.dagJSON, .dagCBOR, .json, .cbor], [1, 2, 3] as [UInt64])
    func everyValueOfATreeIsFoundByItsPath(codec: Multicodec, seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<100 {
            let value = RandomValue.make(&random, depth: 4)
            guard let bytes = try? IPLDCodec.encode(value, as: codec) else { continue }
            let block = Self.block(codec, bytes)
            // Read back, so that the keys stand in the order of the block.
            try check(try IPLDCodec.decode(bytes, as: codec), [], in: block)
        }
    }

    private func check(_ value: IPLDValue, _ path: [Bytes], in block: Block) throws {
        switch try IPLDPath.step(path, in: block) {
        case .link(let cid, let used):
            #expect(value == .link(cid) && used == path.count)
        case .value(let range):
            let found = try IPLDCodec.decode(block.bytes[range], as: block.cid.codec)
            #expect(found == value)
        case .missing: Issue.record("\(path.map(\.utf8Text)) is missing")
        }
        switch value {
        case .list(let list):
            for (index, inner) in list.enumerated() {
                try check(inner, path + [Bytes(utf8: String(index))], in: block)
            }
            let behind = path + [Bytes(utf8: String(list.count))]
            #expect(try IPLDPath.step(behind, in: block) == .missing(index: path.count))
        case .map(let entries):
            for entry in entries {
                try check(entry.value, path + [Bytes(utf8: entry.key)], in: block)
            }
            let other = path + [Bytes(utf8: "no key of the test's values")]
            #expect(try IPLDPath.step(other, in: block) == .missing(index: path.count))
        case .link: return
        default:
            let inside = path + [Bytes(utf8: "0")]
            #expect(try IPLDPath.step(inside, in: block) == .missing(index: path.count))
        }
    }

    @Test
    func keysAreComparedByTheirBytesHoweverTheyAreWritten() throws {
        let json = #"{"c\/d":1,"e\u0301":2,"\ud83d\ude80x":3,"\"":4}"#
        let block = Self.block(.dagJSON, Bytes(utf8: json))
        for (number, key) in ["c/d", "e\u{301}", "🚀x", "\""].enumerated() {
            guard case .value(let range) = try IPLDPath.step([Bytes(utf8: key)], in: block) else {
                Issue.record("\(key) is missing")
                continue
            }
            #expect(block.bytes[range] == Bytes(utf8: "\(number + 1)"))
        }
        for other in [Bytes(utf8: "\u{e9}"), [0xff], Bytes(utf8: "c\\/d"), .empty] {
            #expect(try IPLDPath.step([other], in: block) == .missing(index: 0))
        }
    }

    @Test
    func ofAKeyThatIsThereTwiceTheFirstCounts() throws {
        let block = Self.block(.dagCBOR, try Bytes(hex: "a2 61 61 01 61 61 02"))
        #expect(try IPLDPath.step([Bytes(utf8: "a")], in: block) == .value(3..<4))
        let inner = Self.block(.dagCBOR, try Bytes(hex: "a2 61 61 80 61 61 81 01"))
        let path = [Bytes(utf8: "a"), Bytes(utf8: "0")]
        #expect(try IPLDPath.step(path, in: inner) == .missing(index: 1))
    }

    @Test
    func aLinkAsTheWholeValueUsesNoSegment() throws {
        let cid = try CID(parsing: "bafkqaaa")
        let block = Self.block(.dagCBOR, try DagCBOR.encode(.link(cid)))
        #expect(try IPLDPath.step([Bytes(utf8: "a")], in: block) == .link(cid, used: 0))
    }

    @Test
    func aBlockThatIsBrokenBehindThePathIsRefused() {
        for (codec, bytes) in [
            (Multicodec.dagCBOR, Bytes([0xa2, 0x61, 0x61, 0x01, 0x61, 0x62, 0xff])),
            (.dagJSON, Bytes(utf8: #"{"a":1,"b":nul}"#)),
            (.dagJSON, Bytes(utf8: #"{"a":1,"a":2}"#)), (.cbor, Bytes([0x01, 0x01])),
        ] {
            #expect(throws: IPLDError.self) {
                try IPLDPath.step([Bytes(utf8: "a")], in: Self.block(codec, bytes))
            }
        }
    }

    @Test
    func otherCodecsAreOneValue() throws {
        let block = Self.block(.raw, [1, 2, 3])
        #expect(try IPLDPath.step([], in: block) == .value(0..<3))
        #expect(try IPLDPath.step([Bytes(utf8: "0")], in: block) == .missing(index: 0))
    }

    private static func block(_ codec: Multicodec, _ bytes: Bytes) -> Block {
        Block(
            cid: .v1(codec, Multihash(code: .sha2_256, inline32: (1, 2, 3, 4))), bytes: bytes)
    }
}
