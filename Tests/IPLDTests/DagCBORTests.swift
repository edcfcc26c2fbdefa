import Buffers
import IPLD
import Multiformats
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(40)))
struct DagCBORTests {
    /// Files with floats of 16 and 32 bits: they are from `_fixtures_src`, what the suite's own
    /// generator reads. The specification allows 64 bits only, and so have the suite's `fixtures` and
    /// `fixtures.car`, whose CIDs are those of the 64-bit forms.
    static let shortFloats = [
        "float--0.5.dag-cbor": -0.5, "float-0.5.dag-cbor": 0.5,
        "float--8.940696716308594e-8.dag-cbor": -8.940696716308594e-8,
        "float-8.940696716308594e-8.dag-cbor": 8.940696716308594e-8,
    ]

    @Test
    func theTestDataDecodeAndEncodeToTheSameBytes() throws {
        let files = try CodecFixtures.positive(".dag-cbor")
        #expect(files.count == 111)
        for (name, bytes) in files where Self.shortFloats[name] == nil {
            let value = try DagCBOR.decode(bytes)
            #expect(try DagCBOR.encode(value) == bytes, "\(name)")
            #expect(try DagCBOR.decode(bytes, .reading) == value, "\(name)")
            let json = try DagJSON.encode(value)
            #expect(try DagCBOR.encode(try DagJSON.decode(json)) == bytes, "\(name)")
        }
    }

    @Test
    func shortFloatsOfTheTestDataAreReadAndWrittenWith64Bits() throws {
        let known = Set(try CodecFixtures.car().map(\.bytes))
        let files = try CodecFixtures.positive(".dag-cbor").filter {
            Self.shortFloats[$0.name] != nil
        }
        #expect(files.count == 4)
        for (name, bytes) in files {
            #expect(throws: IPLDError.self, "\(name)") { try DagCBOR.decode(bytes) }
            let value = try DagCBOR.decode(bytes, .reading)
            #expect(value == Self.shortFloats[name].map(IPLDValue.float), "\(name)")
            let encoded = try DagCBOR.encode(value)
            #expect(encoded != bytes, "\(name)")
            #expect(known.contains(encoded), "\(name)")
        }
    }

    @Test
    func theNegativeTestDataAreRefused() throws {
        let cases = try CodecFixtures.negativeDecode("dag-cbor/decode/duplicate-keys.json")
        #expect(cases.count == 1)
        for (name, bytes, cause) in cases {
            let error = #expect(throws: IPLDError.self, "\(name)") { try DagCBOR.decode(bytes) }
            #expect(error?.message.contains(cause) == true)
        }
    }

    @Test(arguments: [
        ("", "nothing"), ("1800", "a long number"), ("190001", "a long number"),
        ("1a00000001", "a long number"), ("1b0000000000000001", "a long number"),
        ("6101ff", "bytes behind"), ("5801", "cut off"), ("41", "cut off"), ("81", "cut off"),
        ("9bffffffffffffffff", "a list without end"), ("bbffffffffffffffff", "a map without end"),
        ("5bffffffffffffffff", "bytes without end"), ("5f41014102ff", "indefinite bytes"),
        ("9f01ff", "an indefinite list"), ("bf616101ff", "an indefinite map"), ("61ff", "UTF-8"),
        ("a10102", "an integer key"), ("a2616201616102", "keys out of order"),
        ("a26261620161 6302", "keys out of order"), ("f7", "undefined"), ("f97c00", "half"),
        ("fa3f800000", "single"), ("fb7ff8000000000000", "NaN"), ("fb7ff0000000000000", "infinity"),
        ("f817", "a simple value"), ("e0", "a simple value"), ("c000", "tag 0"),
        ("d82a4300aabb", "no CID"), ("d82a450001550000ff", "bytes behind the CID"),
        ("d82a4401550000", "no identity prefix"), ("d82a40", "an empty link"),
        ("d82a6100", "a text as link"), ("d9002a450001550000", "a long tag"), ("1c", "reserved"),
    ])
    func whatIsNotCanonicalIsRefused(hex: String, why: String) throws {
        let bytes = try Bytes(hex: hex.filter { $0 != " " })
        #expect(throws: IPLDError.self, "\(why)") { try DagCBOR.decode(bytes) }
    }

    @Test(arguments: [
        ("1800", IPLDValue.integer(0)), ("fa3f800000", .float(1)), ("f93c00", .float(1)),
        ("f90001", .float(0x1p-24)), ("f9c400", .float(-4)), ("f97bff", .float(65504)),
        (
            "a2616201616102",
            .map([.init(key: "b", value: .integer(1)), .init(key: "a", value: .integer(2))])
        ),
        (
            "a2616101616102",
            .map([.init(key: "a", value: .integer(1)), .init(key: "a", value: .integer(2))])
        ),
    ])
    func readersAcceptWhatIsNotCanonical(hex: String, value: IPLDValue) throws {
        let bytes = try Bytes(hex: hex)
        #expect(throws: IPLDError.self) { try DagCBOR.decode(bytes) }
        #expect(try DagCBOR.decode(bytes, .reading) == value)
    }

    @Test(arguments: ["9f01ff", "f7", "f97c00", "c000", "61ff", "a10102", "d82a4300aabb"])
    func readersStillRefuseWhatIsUnsafe(hex: String) throws {
        let bytes = try Bytes(hex: hex)
        #expect(throws: IPLDError.self) { try DagCBOR.decode(bytes, .reading) }
    }

    @Test
    func numbersOutsideTheRangeAreNotWritten() {
        #expect(throws: IPLDError.self) { try DagCBOR.encode(.integer(1 << 64)) }
        #expect(throws: IPLDError.self) { try DagCBOR.encode(.integer(-(1 << 64) - 1)) }
        #expect(throws: IPLDError.self) { try DagCBOR.encode(.float(.nan)) }
        #expect(throws: IPLDError.self) { try DagCBOR.encode(.float(-.infinity)) }
    }

    @Test
    func keysThatLookTheSameButDifferInBytesAreTwoKeys() throws {
        // One letter with an accent, and the letter followed by the accent.
        let value = IPLDValue.map([
            .init(key: "\u{e9}", value: .integer(1)), .init(key: "e\u{301}", value: .integer(2)),
        ])
        let bytes = try DagCBOR.encode(value)
        #expect(try DagCBOR.decode(bytes) == value)
        #expect(value["e\u{301}"] == .integer(2))
        #expect(try DagJSON.decode(try DagJSON.encode(value))["\u{e9}"] == .integer(1))
        #expect(IPLDValue.string("\u{e9}") != .string("e\u{301}"))
    }

    @Test
    func repeatedKeysAreNotWritten() {
        let value = IPLDValue.map([
            .init(key: "a", value: .null), .init(key: "b", value: .null),
            .init(key: "a", value: .null),
        ])
        #expect(throws: IPLDError.self) { try DagCBOR.encode(value) }
        #expect(throws: IPLDError.self) { try DagJSON.encode(value) }
    }

    @Test
    func nestingStopsAtTheLimitAndFitsASmallStack() {
        SmallStack.run {
            for strictness in [DagCBOR.Strictness.canonical, .reading] {
                for opening in [[0x81], [0xa1, 0x61, 0x61]] as [[UInt8]] {
                    let deepest = Nesting.bytes(opening, [0xf6], Limits.depthMax)
                    let value = try? DagCBOR.decode(deepest, strictness)
                    #expect(value.flatMap { try? DagCBOR.encode($0) } == deepest)
                    #expect(value == value)
                    #expect(value != nil)
                    let deeper = Nesting.bytes(opening, [0xf6], Limits.depthMax + 1)
                    let error = #expect(throws: IPLDError.self) {
                        try DagCBOR.decode(deeper, strictness)
                    }
                    #expect(error?.code == .tooDeep)
                }
            }
            let endless = Nesting.bytes([0x81], [0xf6], 1_000_000)
            #expect(throws: IPLDError.self) { try DagCBOR.decode(endless) }
        }
    }

    @Test
    func valuesNestedTooDeepAreNotWritten() {
        var value = IPLDValue.null
        for _ in 0...Limits.depthMax { value = .list([value]) }
        for codec in [Multicodec.dagCBOR, .dagJSON, .json, .cbor] {
            let error = #expect(throws: IPLDError.self) {
                try IPLDCodec.encode(value, as: codec)
            }
            #expect(error?.code == .tooDeep)
        }
    }

    @Test
    func randomValuesComeBackFromBothCodecs() throws {
        var random = SeededRandom(seed: 31)
        for _ in 0..<400 {
            let value = RandomValue.make(&random, depth: 4)
            let bytes = try DagCBOR.encode(value)
            #expect(try DagCBOR.encode(try DagCBOR.decode(bytes)) == bytes)
            let json = try DagJSON.encode(value)
            #expect(try DagCBOR.encode(try DagJSON.decode(json)) == bytes)
            #expect(try DagJSON.encode(try DagCBOR.decode(bytes)) == json)
        }
    }

    @Test
    func changedBlocksNeverTrapAndStayCanonical() throws {
        var random = SeededRandom(seed: 32)
        for _ in 0..<5000 {
            var bytes = try DagCBOR.encode(RandomValue.make(&random, depth: 3)).array
            bytes[random.below(bytes.count)] = UInt8(random.below(256))
            let changed = Bytes(bytes)
            _ = try? DagCBOR.decode(changed, .reading)
            guard let value = try? DagCBOR.decode(changed) else { continue }
            #expect(try DagCBOR.encode(value) == changed)
        }
    }

    @Test
    func plainCBORHasNoLinks() throws {
        let link = try Bytes(hex: "d82a450001550000")
        #expect(try DagCBOR.decode(link) == .link(try CID(parsing: "bafkqaaa")))
        #expect(throws: IPLDError.self) { try PlainCBOR.decode(link) }
        #expect(throws: IPLDError.self) { try PlainCBOR.encode(try DagCBOR.decode(link)) }
        let map = try Bytes(hex: "a2616201616102")
        #expect(try PlainCBOR.encode(try PlainCBOR.decode(map)) == map)
    }
}

/// Builds values that are nested so many times.
enum Nesting {
    static func bytes(_ opening: [UInt8], _ inner: [UInt8], _ count: Int) -> Bytes {
        Bytes((0..<count).flatMap { _ in opening } + inner)
    }
}

/// Values of all kinds from a seed.
enum RandomValue {
    static func make(_ random: inout SeededRandom, depth: Int) -> IPLDValue {
        switch random.below(depth > 0 ? 9 : 7) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2:
            let number = Int128(random.next() >> UInt64(random.below(64)))
            return .integer(Bool.random(using: &random) ? number : -1 - number)
        case 3:
            let number = Double(bitPattern: random.next())
            return .float(number.isFinite ? number : 0.5)
        case 4: return .string(text(&random))
        case 5: return .bytes(random.bytes(random.below(30)))
        case 6:
            let code = random.below(3) == 0 ? MultihashCode.sha1 : .sha2_256
            let digest = random.bytes(code == .sha1 ? 20 : 32)
            return .link(.v1(.dagCBOR, Multihash(code: code, digest: digest)))
        case 7:
            return .list((0..<random.below(6)).map { _ in make(&random, depth: depth - 1) })
        default:
            let keys = Set((0..<random.below(6)).map { _ in "k" + text(&random) })
            return .map(keys.map { .init(key: $0, value: make(&random, depth: depth - 1)) })
        }
    }

    private static func text(_ random: inout SeededRandom) -> String {
        var text = ""
        for _ in 0..<random.below(12) {
            let scalar = Unicode.Scalar(UInt32(random.below(0x3000))) ?? "x"
            text.unicodeScalars.append(scalar)
        }
        return text
    }
}
