import Buffers
import Multiformats
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(40)))
struct MultibaseTests {
    @Test(arguments: ["basic", "leading_zero", "two_leading_zeros"])
    func theTestDataEncodeAndDecode(file: String) throws {
        let sample = try MultibaseSample(file)
        #expect(sample.encodings.count == 23)
        for (name, text) in sample.encodings {
            let base = try #require(Multibase(rawValue: name), "\(name)")
            #expect(base.encode(sample.bytes) == text, "\(name)")
            let decoded = try Multibase.decode(text)
            #expect(decoded.base == base)
            #expect(decoded.bytes == sample.bytes, "\(name)")
        }
    }

    @Test
    func theOtherCaseDecodes() throws {
        let sample = try MultibaseSample("case_insensitivity")
        #expect(sample.encodings.count == 12)
        for (name, text) in sample.encodings {
            let decoded = try Multibase.decode(text)
            #expect(decoded.base.name == name)
            #expect(decoded.bytes == sample.bytes, "\(name)")
        }
    }

    @Test(arguments: Multibase.allCases.filter { $0 != .identity })
    func randomBytesOfEveryLengthComeBack(base: Multibase) throws {
        var random = SeededRandom(seed: 7)
        for count in 0..<80 {
            let bytes = random.bytes(count)
            let decoded = try Multibase.decode(base.encode(bytes))
            #expect(decoded.base == base)
            #expect(decoded.bytes == bytes, "\(count) bytes")
        }
    }

    @Test
    func identityKeepsText() throws {
        #expect(Multibase.identity.encode(Bytes(utf8: "yes")) == "\0yes")
        #expect(try Multibase.decode("\0yes").bytes == Bytes(utf8: "yes"))
    }

    @Test
    func anUnknownPrefixIsRefusedInTheWordsOfGoMultibase() {
        #expect(throws: MultiformatsError(.multibase, "selected encoding not supported")) {
            try Multibase.decode("QmInvalidCID")
        }
        #expect(
            throws: MultiformatsError(
                .multibase, "cannot decode multibase for zero length string")
        ) { try Multibase.decode("") }
    }

    @Test(arguments: [
        "bpfsxg1", "bpfsxgidnmfxgsib", "bp", "cpfsxgidnmfxgsibb=", "cpfsxgid", "c========",
        "f7", "f7g", "02", "79", "9a", "z0", "zO", "z é", "meWVzIG1hbmkgI", "meWVzIG1hbmkgIR",
        "MeWVzIG1hbmkgIQ", "MeWVzIG1hbmkgIQ=", "MeWVzIG1hbmkgIQ===", "M====", "me\nWVz", "u+/+/",
        "🚀a", "hl", "kü",
    ])
    func brokenTextsAreRefused(text: String) {
        #expect(throws: MultiformatsError.self) { try Multibase.decode(text) }
    }

    @Test
    func textsWhoseDecodingIsQuadraticHaveALimit() throws {
        let longest = "z" + String(repeating: "z", count: Limits.quadraticTextBytesMax)
        #expect(try Multibase.decode(longest).bytes.count > 20_000)
        #expect(throws: MultiformatsError.self) { try Multibase.decode(longest + "z") }
        #expect(Multibase.base58btc.isQuadratic)
        #expect(!Multibase.base32.isQuadratic)
    }

    /// What may be written may be read again, and one byte more is refused in a sentence.
    @Test(arguments: Multibase.allCases)
    func whatIsSlowToWriteHasALimit(base: Multibase) throws {
        let most = Bytes([UInt8](repeating: 0x7e, count: Limits.quadraticBytesMax))
        let text = try base.encodeOutside(most)
        #expect(text == Bytes(utf8: base.encode(most)))
        let decoded = try Multibase.decode(utf8: text)
        #expect(decoded.base == base && decoded.bytes == most)
        let more = Bytes(most.array + [0x7e])
        guard base.isQuadratic else {
            #expect(try Multibase.decode(utf8: base.encodeOutside(more)).bytes == more)
            return
        }
        let error = #expect(throws: MultiformatsError.self) { try base.encodeOutside(more) }
        #expect(error?.message.contains("use base32 or base64url") == true)
    }

    @Test(arguments: ["", "Q", "é", "\u{1f30d}a", "\u{1f680}a", "z0"])
    func textsAreReadFromBytesAsFromStrings(text: String) {
        let error = #expect(throws: MultiformatsError.self) { try Multibase.decode(text) }
        #expect(throws: error ?? .init(.multibase, "")) {
            try Multibase.decode(utf8: Bytes(utf8: text))
        }
        #expect(throws: MultiformatsError.self) { try Multibase.decode(utf8: [0xf0, 0x9f]) }
    }

    @Test
    func prefixesAreUnique() {
        #expect(Set(Multibase.allCases.map(\.prefix)).count == Multibase.allCases.count)
    }
}

/// One file of the multibase test data: a text and its encodings.
struct MultibaseSample {
    let bytes: Bytes
    let encodings: [(name: String, text: String)]

    init(_ file: String) throws {
        let rows = try Fixture.lines("multibase/\(file).csv").map { line in
            let comma = try #require(line.firstIndex(of: ","))
            let value = line[line.index(after: comma)...].drop { $0 == " " }
            return (String(line[..<comma]), String(value.dropFirst().dropLast()))
        }
        let zeros = rows[0].1.components(of: "\\x00")
        bytes = Bytes([UInt8](repeating: 0, count: zeros.count) + Array(zeros.rest.utf8))
        encodings = rows.dropFirst().map { (name: $0.0, text: $0.1) }
    }
}

extension String {
    /// How often a text stands in front, and what follows.
    fileprivate func components(of prefix: String) -> (count: Int, rest: String) {
        var rest = self
        var count = 0
        while rest.hasPrefix(prefix) {
            rest.removeFirst(prefix.count)
            count += 1
        }
        return (count, rest)
    }
}
