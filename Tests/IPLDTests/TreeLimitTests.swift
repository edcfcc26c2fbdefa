import Buffers
import IPLD
import Multiformats
import TestSupport
import Testing

/// Blocks of few bytes that are many values.
@Suite(.timeLimit(.minutes(40)))
struct TreeLimitTests {
    private static let cborHead: [UInt8] = [0x9a, 0x00, 0x20, 0x00, 0x00]

    /// 2^21 values of one kind in a list, in few bytes each.
    static let crowds: [(codec: Multicodec, bytes: Bytes)] = [
        (.dagCBOR, crowd(cborHead, [0x00], 1 << 21)),
        (.cbor, crowd(cborHead, [0xf6], 1 << 21)),
        (.dagCBOR, crowd([0xba, 0x00, 0x20, 0x00, 0x00], [0x60, 0xf6], 1 << 21)),
        (.dagJSON, Bytes(utf8: "[" + String(repeating: "1,", count: 1 << 21) + "1]")),
        (.json, Bytes(utf8: "[" + String(repeating: "{},", count: 1 << 20) + "{}]")),
        (.dagPB, crowd([], [0x12, 0x08, 0x0a, 0x04, 0x01, 0x55, 0x00, 0x00, 0x12, 0x00], 200_000)),
    ]

    @Test(arguments: crowds.indices)
    func crowdsAreNotDecoded(index: Int) throws {
        let (codec, bytes) = Self.crowds[index]
        let value = try IPLDCodec.check(bytes, as: codec, .reading)
        #expect(value.decodedByteCount > Limits.treeBytesMax)
        let error = #expect(throws: IPLDError.self) { try value.decode() }
        #expect(error?.code == .tooLarge)
        #expect(error?.message.contains("a part of it by a path") == true)
    }

    /// Their links and the values in them are found all the same.
    @Test(arguments: crowds.indices.filter { $0 % 2 == 0 } + [crowds.count - 1])
    func crowdsAreWalked(index: Int) throws {
        let (codec, bytes) = Self.crowds[index]
        let digest = Multihash(code: .sha2_256, inline32: (1, 2, 3, 4))
        let block = Block(cid: .v1(codec, digest), bytes: bytes)
        var links = try LinkCursor(block)
        var count = 0
        while links.next() != nil { count += 1 }
        #expect(count == (codec == .dagPB ? 200_000 : 0))
        guard codec != .dagPB, bytes[0] != 0xba else { return }
        guard case .value(let range) = try IPLDPath.step([Bytes(utf8: "1000000")], in: block) else {
            Issue.record("nothing was found")
            return
        }
        #expect(range.count <= 2)
    }

    /// The measure is at least what the values, keys and texts take by themselves.
    @Test(arguments: [Multicodec.dagCBOR, .dagJSON, .dagPB])
    func theMeasureCoversTheTree(codec: Multicodec) throws {
        for block in try CodecFixtures.car() where block.cid.codec == codec {
            let undecoded = try IPLDCodec.check(block.bytes, as: codec)
            let value = try undecoded.decode()
            #expect(undecoded.decodedByteCount >= Self.size(value))
        }
        var random = SeededRandom(seed: 12)
        for _ in 0..<200 where codec != .dagPB {
            let bytes = try IPLDCodec.encode(RandomValue.make(&random, depth: 4), as: codec)
            let undecoded = try IPLDCodec.check(bytes, as: codec)
            #expect(undecoded.decodedByteCount >= Self.size(try undecoded.decode()))
        }
    }

    @Test
    func indentationHasALimit() throws {
        var value = IPLDValue.list(Array(repeating: .integer(1), count: 600_000))
        for _ in 0..<120 { value = .list([value]) }
        #expect(try DagJSON.encode(value).count < 2_000_000)
        let error = #expect(throws: IPLDError.self) { try PlainJSON.encode(value) }
        #expect(error?.code == .tooLarge)
    }

    /// A value is measured before it is written: not even its last part goes over the limit.
    @Test(arguments: [Multicodec.dagCBOR, .cbor, .dagJSON, .json])
    func nothingIsWrittenPastTheLimit(codec: Multicodec) throws {
        var random = SeededRandom(seed: 31)
        for _ in 0..<300 {
            let value = RandomValue.make(&random, depth: 3)
            guard let bytes = try? IPLDCodec.encode(value, as: codec) else { continue }
            // In memory of just that size.
            #expect(bytes.heldByteCount == max(bytes.count, 16))
            #expect(try IPLDCodec.encode(value, as: codec, byteCountMax: bytes.count) == bytes)
            let error = #expect(throws: IPLDError.self) {
                try IPLDCodec.encode(value, as: codec, byteCountMax: bytes.count - 1)
            }
            #expect(error?.code == .tooLarge)
        }
    }

    /// As one value and as the key of one: six times as long, or a third longer.
    @Test func longTextsAndBytesAreMeasuredFirst() throws {
        let text = String(repeating: "\u{1}", count: 1 << 20)
        let bytes = Bytes([UInt8](repeating: 0xfb, count: 1 << 20))
        let map = IPLDValue.map([.init(key: text, value: .null)])
        for (value, count) in [
            (IPLDValue.string(text), 6 << 20 + 2), (map, 6 << 20 + 9),
            (.bytes(bytes), 1_398_102 + 18),
        ] as [(IPLDValue, Int)] {
            let json = try DagJSON.encode(value)
            #expect(json.count == count)
            #expect(try DagJSON.decode(json) == value)
            #expect(throws: IPLDError.self) {
                try DagJSON.encode(value, byteCountMax: count - 1)
            }
        }
    }

    /// Keys out of order are sorted once, also when they differ only at their ends.
    @Test
    func keysThatAreThereTwiceAreFoundAmongMany() throws {
        let prefix = String(repeating: "x", count: 100)
        let keys = (0..<5_000).map { "\"\(prefix)\(($0 &* 7_919) % 5_000)\":1" }
        let text = "{" + keys.joined(separator: ",") + "}"
        guard case .map(let entries) = try DagJSON.decode(Bytes(utf8: text)) else {
            Issue.record("no map")
            return
        }
        #expect(entries.count == 5_000)
        let repeated = text.dropLast() + ",\"\(prefix)\\u0031\":2}"
        let error = #expect(throws: IPLDError.self) {
            try DagJSON.decode(Bytes(utf8: String(repeated)))
        }
        #expect(error?.message.contains("repeat map key \"\(prefix)1\"") == true)
    }

    /// A message that quotes content is short, however long the content is.
    @Test func aLongKeyIsNotTheMessage() {
        let key = String(repeating: "&", count: 1 << 20)
        let error = #expect(throws: IPLDError.self) {
            try DagJSON.decode(Bytes(utf8: "{\"\(key)\":0,\"\(key)\":0}"))
        }
        #expect(error?.message.hasPrefix("json: repeat map key \"&&&&") == true)
        #expect(error?.message.hasSuffix("&\" (at byte 2097163)") == true)
        #expect(error.map { $0.message.utf8.count <= 1 << 10 } == true)
    }

    /// What can be read can be written again.
    @Test func listsNestAsDeepInBothDirections() throws {
        for depth in [128, 129] {
            let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            let value = try? DagJSON.decode(Bytes(utf8: text))
            #expect((value != nil) == (depth == 128))
            if let value { #expect(try DagJSON.encode(value) == Bytes(utf8: text)) }
        }
        let deep = String(repeating: "[", count: 128) + "{\"/\":{\"bytes\":\"Lw\"}}"
        #expect(throws: Never.self) {
            try DagJSON.decode(Bytes(utf8: deep + String(repeating: "]", count: 128)))
        }
    }

    private static func crowd(_ head: [UInt8], _ item: [UInt8], _ count: Int) -> Bytes {
        var writer = ByteWriter(capacity: head.count + item.count * count)
        writer.append(head)
        for _ in 0..<count { writer.append(item) }
        return writer.finish()
    }

    private static func size(_ value: IPLDValue) -> Int {
        let own = MemoryLayout<IPLDValue>.stride
        return switch value {
        case .string(let text): own + (text.utf8.count > 15 ? text.utf8.count : 0)
        case .link: own + MemoryLayout<CID>.size
        case .list(let list): list.reduce(own) { $0 + size($1) }
        case .map(let entries):
            entries.reduce(own) {
                let text = $1.key.utf8.count > 15 ? $1.key.utf8.count : 0
                return $0 + text + MemoryLayout<String>.size + size($1.value)
            }
        default: own
        }
    }
}
