import Buffers
import Multiformats
import TestSupport
import Testing

@testable import IPLD

/// How much a check of dag-json remembers.
@Suite(.timeLimit(.minutes(40)))
struct JSONKeyTests {
    private static let most = Limits.jsonKeysMax

    /// As in a canonical block; keys in a map that begins behind them may be in any order.
    @Test func keysInOrderMayBeAnyNumber() throws {
        let text = Self.map(Self.most + 2, and: "\"x\":{\"b\":1,\"a\":{\"c\":1}},\"y\":1}")
        #expect(throws: Never.self) { try IPLDCodec.check(text, as: .dagJSON) }
        let digest = Multihash(code: .sha2_256, inline32: (1, 2, 3, 4))
        let block = Block(cid: .v1(.dagJSON, digest), bytes: text)
        guard case .value(let range) = try IPLDPath.step(["x", "a", "c"], in: block) else {
            Issue.record("nothing was found")
            return
        }
        #expect(text[range] == "1")
    }

    /// Wherever the room for keys ends, a small map out of order inside of a large one in order is read.
    @Test(arguments: most - 3...most + 2)
    func aSmallMapOutOfOrderFitsAnywhere(count: Int) {
        for text in [
            Self.map(count, and: "\"x\":{\"b\":1,\"a\":{\"d\":1,\"c\":1}},\"y\":1}"),
            Self.map(count, and: "\"x\":{\"b\":1,\"c\":{\"e\":1,\"f\":1,\"d\":1},\"a\":1}}"),
            Bytes(utf8: "{\"b\":1,\"a\":").appending(Self.map(count, and: "\"x\":1}}")),
        ] {
            #expect(throws: Never.self) { try IPLDCodec.check(text, as: .dagJSON) }
        }
        let repeated = Self.map(count, and: "\"x\":{\"b\":1,\"a\":1,\"b\":1}}")
        let error = #expect(throws: IPLDError.self) { try IPLDCodec.check(repeated, as: .dagJSON) }
        #expect(error?.code == .malformed)
    }

    @Test(arguments: ["\"000001\":1}", "\"x\":1,\"a\":1}", "\"x\":{\"b\":1,\"a\":1},\"a\":1}"])
    func aKeyOutOfOrderAmongMoreIsRefused(end: String) {
        let text = Self.map(Self.most + 1, and: end)
        let error = #expect(throws: IPLDError.self) { try IPLDCodec.check(text, as: .dagJSON) }
        #expect(error?.code == .tooManyKeys)
        #expect(error?.message.contains("sort the keys of each map") == true)
    }

    /// Each of the maps might have a key twice, and too many are out of order to be kept.
    @Test func manyKeysOutOfOrderAreRefused() {
        let one = Self.map(Self.most / 8 * 7 + 1, and: "\"1\":1,\"0\":")
        let text = Bytes(utf8: "{\"b\":0,\"a\":").appending(one)
            .appending(Self.map(Self.most, and: "\"x\":1}}}"))
        let error = #expect(throws: IPLDError.self) { try IPLDCodec.check(text, as: .json) }
        #expect(error?.code == .tooManyKeys)
    }

    @Test(arguments: [
        (most - 1, "\"000001\":1}", "000001"), (most + 1, "\"x\":{\"b\":1,\"a\":1,\"b\":1}}", "b"),
    ])
    func aKeyThatIsThereTwiceIsFoundUpToThat(count: Int, end: String, key: String) {
        let text = Self.map(count, and: end)
        let error = #expect(throws: IPLDError.self) { try IPLDCodec.check(text, as: .dagJSON) }
        #expect(error?.code == .malformed)
        #expect(error?.message.contains("repeat map key \"\(key)\"") == true)
    }

    /// However it is spelled, and of several the one that comes first.
    @Test func theFirstKeyThatComesAgainIsNamed() {
        let start = String(repeating: "common", count: 20)
        let others = (0..<1_000).map { "\"\(start)\(999 - $0)\":1" }
        for (again, key) in [("\\u0063ommon", "common"), ("b", "b"), ("\(start)7", "\(start)7")] {
            let keys = ["\"b\":1", "\"common\":1"] + others + ["\"\(again)\":1"] + others
            let text = Bytes(utf8: "{\(keys.joined(separator: ","))}")
            let error = #expect(throws: IPLDError.self) { try IPLDCodec.check(text, as: .json) }
            #expect(error?.message.contains("repeat map key \"\(key)\"") == true)
        }
    }

    /// What is asked for in front covers the keys of blocks that have as many as they can, each there
    /// twice while the list grows, and with its hash where they are out of order.
    @Test func noBlockOfTheUsualSizesHasTooMany() {
        let text = "{" + String(repeating: "\"\":1,", count: 1_000) + "\"\":1}"
        for codec in [Multicodec.dagJSON, .json] {
            #expect(
                text.utf8.count * IPLDCodec.checkCopiesMax(as: codec)
                    >= 1_001 * (2 * MemoryLayout<UInt32>.stride + MemoryLayout<UInt64>.stride))
        }
        #expect(IPLDCodec.checkCopiesMax(as: .dagCBOR) == 0)
        #expect((2 << 20) / "\"\":1,".utf8.count < Self.most)
    }

    /// With an escape, with padding, with both, and with neither.
    @Test(
        arguments: [
            ("+/+/", [0xfb, 0xff, 0xbf]), ("+\\/+/", [0xfb, 0xff, 0xbf]), ("+/8=", [0xfb, 0xff]),
            ("+\\/8\\u003d", [0xfb, 0xff]),
        ] as [(String, [UInt8])])
    func bytesTakeNoMoreThanTheyAre(text: String, expected: [UInt8]) throws {
        let value = try DagJSON.decode(Bytes(utf8: "{\"/\":{\"bytes\":\"\(text)\"}}"))
        guard case .bytes(let bytes) = value else {
            Issue.record("no bytes")
            return
        }
        #expect(bytes.array == expected)
        let long = String(repeating: "AAAA", count: 1_000) + text
        let again = try DagJSON.decode(Bytes(utf8: "{\"/\":{\"bytes\":\"\(long)\"}}"))
        guard case .bytes(let longer) = again else {
            Issue.record("no bytes")
            return
        }
        #expect(longer.count == 3_000 + bytes.count)
        #expect(longer.heldByteCount <= longer.count + 2)
    }

    /// A map of keys in order, and its end.
    private static func map(_ count: Int, and end: String) -> Bytes {
        var writer = ByteWriter(capacity: 11 * count + 64)
        writer.append(UInt8(ascii: "{"))
        for number in 0..<count {
            writer.append(UInt8(ascii: "\""))
            var scale = 100_000
            while scale > 0 {
                writer.append(0x30 + UInt8(number / scale % 10))
                scale /= 10
            }
            writer.append(utf8: "\":0,")
        }
        writer.append(utf8: end)
        return writer.finish()
    }
}
