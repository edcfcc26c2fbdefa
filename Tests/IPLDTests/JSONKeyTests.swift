import Buffers
import Multiformats
import TestSupport
import Testing

@testable import IPLD

/// How many keys a check of dag-json remembers.
@Suite(.timeLimit(.minutes(20)))
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

    @Test(arguments: ["\"000001\":1}", "\"x\":1,\"a\":1}", "\"x\":{\"b\":1,\"a\":1},\"a\":1}"])
    func aKeyOutOfOrderAmongMoreIsRefused(end: String) {
        let text = Self.map(Self.most + 1, and: end)
        let error = #expect(throws: IPLDError.self) { try IPLDCodec.check(text, as: .dagJSON) }
        #expect(error?.code == .tooLarge)
        #expect(error?.message.contains("sort the keys of each map") == true)
    }

    /// The outer map might have a key twice that is not remembered any more.
    @Test func manyKeysInsideOfAMapOutOfOrderAreRefused() {
        let text = Bytes(utf8: "{\"b\":0,\"a\":").appending(Self.map(Self.most, and: "\"x\":1}}"))
        let error = #expect(throws: IPLDError.self) { try IPLDCodec.check(text, as: .json) }
        #expect(error?.code == .tooLarge)
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

    /// What is asked for in front covers the keys of blocks that have as many as they can.
    @Test func noBlockOfTheUsualSizesHasTooMany() {
        let text = "{" + String(repeating: "\"\":1,", count: 1_000) + "\"\":1}"
        #expect(
            IPLDCodec.checkBytesMax(ofBlockOf: text.utf8.count, as: .dagJSON)
                >= 1_000 * 2 * MemoryLayout<UInt32>.stride)
        #expect((2 << 20) / 5 < Self.most)
        #expect(IPLDCodec.checkBytesMax(ofBlockOf: 32 << 20, as: .json) == 4 << 20)
        #expect(IPLDCodec.checkBytesMax(ofBlockOf: 32 << 20, as: .dagCBOR) == 0)
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
