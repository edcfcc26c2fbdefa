import Buffers
import IPLD
import Multiformats
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(40)))
struct IPLDCodecTests {
    @Test
    func everyFixtureIsTheSameInEveryCodec() throws {
        let blocks = try CodecFixtures.car()
        var forms: [Multicodec: [String]] = [:]
        for block in blocks {
            let value = try IPLDCodec.decode(block.bytes, as: block.cid.codec)
            let encoded = try IPLDCodec.encode(value, as: block.cid.codec)
            #expect(encoded == block.bytes, "\(block.cid)")
            let form = try #require(try DagJSON.encode(value).utf8Text)
            forms[block.cid.codec, default: []].append(form)
        }
        let json = try #require(forms[.dagJSON])
        let nodes = try #require(forms[.dagPB])
        #expect(json.count == 128)
        #expect(nodes.count == 17)
        #expect(forms[.dagCBOR]?.sorted() == json.sorted())
        #expect(Set(nodes).isSubset(of: json))
    }

    @Test
    func rawIsBytesAndNothingElse() throws {
        let bytes = Bytes([1, 2, 3])
        #expect(try IPLDCodec.decode(bytes, as: .raw) == .bytes(bytes))
        #expect(try IPLDCodec.encode(.bytes(bytes), as: .raw) == bytes)
        #expect(throws: IPLDError.self) { try IPLDCodec.encode(.null, as: .raw) }
    }

    @Test
    func unknownCodecsAreRefused() {
        let error = #expect(throws: IPLDError.self) {
            try IPLDCodec.decode(.empty, as: Multicodec(rawValue: 0x78))
        }
        #expect(error?.code == .unsupported)
        #expect(error?.message == "no decoder registered for multicodec code 120 (0x78)")
    }
}
