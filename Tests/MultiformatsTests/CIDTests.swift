import Buffers
import Multiformats
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(40)))
struct CIDTests {
    static let version0 = "QmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMnR"
    static let version1 = "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi"

    @Test(arguments: [
        version0, version1, "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku",
        "bafkqaaa", "bafyaabakaieac",
        "bahaacvrabdhd3fzrwaambazyivoiustl2bo2c3rgweo2ug4rogcoz2apaqaa",
    ])
    func usualTextsComeBack(text: String) throws {
        let cid = try CID(parsing: text)
        #expect(cid.text() == text)
        #expect("\(cid)" == text)
        #expect(try CID(bytes: cid.bytes) == cid)
        #expect(cid.bytes.count == cid.byteCount)
        #expect(try CID(parsing: text[...]) == cid)
    }

    @Test
    func versionsNameTheSameBlock() throws {
        let old = try CID(parsing: Self.version0)
        #expect(old.version == .v0)
        #expect(old.codec == .dagPB)
        #expect(old.multihash.code == .sha2_256)
        let new = old.asV1
        #expect(new.version == .v1)
        #expect(new != old)
        #expect(new.multihash == old.multihash)
        #expect(new.asV0 == old)
        #expect(CID.v1(.raw, old.multihash).asV0 == nil)
    }

    @Test(arguments: Multibase.allCases.filter { $0 != .identity })
    func everyBaseReadsBack(base: Multibase) throws {
        let cid = try CID(parsing: Self.version1)
        let text = cid.text(in: base)
        #expect(text.unicodeScalars.first == base.prefix)
        #expect(try CID(parsing: text) == cid)
    }

    @Test
    func version0HasOneTextWhateverTheBase() throws {
        #expect(try CID(parsing: Self.version0).text(in: .base32) == Self.version0)
    }

    @Test
    func upperCaseIsTheSameCID() throws {
        let cid = try CID(parsing: Self.version1)
        #expect(try CID(parsing: Self.version1.uppercased()) == cid)
        #expect(try CID(parsing: "b" + Self.version1.dropFirst().uppercased()) == cid)
    }

    @Test(arguments: [
        ("", "cid too short"), ("b", "cid too short"),
        ("QmInvalidCID", "selected encoding not supported"),
        ("QmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMn0", "invalid base58 digit ('0')"),
        (
            "zQmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMnR",
            "version 0 CID string must not include multibase prefix"
        ),
        (
            "f02701220" + String(repeating: "00", count: 32),
            "expected 1 as the cid version number, got: 2"
        ),
        ("f017012", "varints malformed, could not reach the end"),
        ("f01701220aa", "length greater than remaining number of bytes in buffer"),
        ("f0155120100ff", "trailing bytes in data buffer passed to cid Cast"),
        ("f01d500120100", "varint not minimally encoded"),
    ])
    func brokenTextsAreRefusedWithACause(text: String, cause: String) {
        let error = #expect(throws: MultiformatsError.self) { try CID(parsing: text) }
        #expect(error?.description == cause)
    }

    @Test
    func identityCIDsHoldTheirContent() throws {
        let longest = CID.v1(
            .raw,
            Multihash(code: .identity, digest: Bytes([UInt8](repeating: 0x42, count: 128))))
        #expect(longest.text().hasPrefix("bafkqbaabijbeeq"))
        #expect(try CID(parsing: longest.text()) == longest)
        #expect(longest.identityContent?.count == 128)
        let longer = CID.v1(
            .raw,
            Multihash(code: .identity, digest: Bytes([UInt8](repeating: 0x41, count: 129))))
        #expect(longer.text().hasPrefix("bafkqbaibifaucqk"))
        #expect(
            throws: MultiformatsError(
                .digestTooLarge, "digest too large: identity digest got 129 bytes, maximum 128")
        ) { try CID(parsing: longer.text()) }
        #expect(try CID(parsing: Self.version1).identityContent == nil)
    }

    @Test
    func aReaderStopsBehindTheCID() throws {
        var writer = ByteWriter()
        let first = try CID(parsing: Self.version0)
        let second = try CID(parsing: Self.version1)
        first.write(to: &writer)
        second.write(to: &writer)
        var reader = ByteReader(writer.finish())
        #expect(try CID(reading: &reader) == first)
        #expect(try CID(reading: &reader) == second)
        #expect(reader.isAtEnd)
    }

    @Test
    func randomCIDsComeBackInTextAndBytes() throws {
        var random = SeededRandom(seed: 11)
        for _ in 0..<500 {
            let count = [20, 32, 32, 48, 64].randomElement(using: &random) ?? 32
            let code = MultihashCode(rawValue: 1 + (random.next() >> UInt64(60 - random.below(40))))
            let multihash = Multihash(code: code, digest: random.bytes(count))
            let codec = Multicodec(rawValue: random.next() >> UInt64(1 + random.below(62)))
            let cid = CID.v1(codec, multihash)
            #expect(try CID(bytes: cid.bytes) == cid)
            #expect(try CID(parsing: cid.text()) == cid)
            #expect(try CID(parsing: cid.text(in: .base58btc)) == cid)
        }
    }

    @Test
    func randomBytesNeverTrap() {
        var random = SeededRandom(seed: 12)
        for _ in 0..<20_000 {
            _ = try? CID(bytes: random.bytes(random.below(48)))
        }
    }

    @Test
    func changedTextsNeverTrapAndNeverAlias() throws {
        var random = SeededRandom(seed: 13)
        let text = Array(Self.version1.utf8)
        let cid = try CID(parsing: Self.version1)
        for _ in 0..<5000 {
            var changed = text
            changed[random.below(text.count)] = UInt8(random.below(128))
            let other = String(decoding: changed, as: UTF8.self)
            guard other.lowercased() != Self.version1 else { continue }
            #expect((try? CID(parsing: other)) != cid)
        }
    }

    @Test
    func codecNamesAreThoseOfTheTable() {
        #expect(Multicodec.dagPB.name == "dag-pb")
        #expect(Multicodec(name: "dag-json") == .dagJSON)
        #expect(Multicodec(name: "libp2p-key") == .libp2pKey)
        #expect(Multicodec(rawValue: 0x3f3f).description == "Code(16191)")
        #expect(Multicodec(name: "protobuf") == nil)
    }
}
