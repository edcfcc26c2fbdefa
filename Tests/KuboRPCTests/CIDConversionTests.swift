import Buffers
import Multiformats
import TestSupport
import Testing

@testable import KuboRPC

/// `cid format` with what strangers write into a CID.
@Suite(.timeLimit(.minutes(40)))
struct CIDConversionTests {
    private static func converted(
        _ cid: CID, format: String = "%s", version: String = "0", codec: String = ""
    ) throws -> String {
        try CIDConversion(format: format, version: version, codec: codec, base: "")
            .convert(cid.text())
    }

    private static let digest = [UInt8](repeating: 7, count: 32)

    @Test func aVersion0NeedsItsOwnHash() throws {
        let good = CID.v1(.dagPB, Multihash(code: .sha2_256, digest: .init(Self.digest)))
        #expect(try Self.converted(good).hasPrefix("Qm"))
        let others = [
            Multihash(code: .identity, digest: []), Multihash(code: .identity, digest: [1, 2, 3]),
            Multihash(code: .identity, digest: .init(Self.digest)),
            Multihash(code: .sha2_256, digest: .init(Array(Self.digest.prefix(20)))),
            Multihash(code: .sha2_512, digest: .init(Self.digest + Self.digest)),
            Multihash(code: .sha3_256, digest: .init(Self.digest)),
        ]
        for codec in [Multicodec.dagPB, .raw] {
            for hash in others {
                for wanted in ["", "dag-pb"] {
                    #expect(throws: CIDConversion.Failure.self) {
                        try Self.converted(.v1(codec, hash), codec: wanted)
                    }
                }
            }
        }
    }

    @Test func oneCIDThatCannotBeConvertedStopsNoOther() throws {
        let cids = ["bafyaaaa", "bafybeiffndsajwhk3lwjewwdxqntmjm4b5wxaaanokonsggenkbw6slwk4"]
        let lines = try AnyJSON.lines(
            TestNode().call("cid/format?v=0&arg=\(cids[0])&arg=\(cids[1])").text)
        #expect(lines.map { $0["CidStr"]?.text } == cids)
        #expect(lines.first?["ErrorMsg"]?.text?.contains("cidv0") == true)
        #expect(
            lines.last?["Formatted"]?.text == "QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN")
    }

    /// A mark that combines with a letter, or with the percent sign, is a character behind it.
    @Test(arguments: [
        ("%c\u{301}", "dag-pb\u{301}"), ("%%\u{301}", "%\u{301}"),
        ("\r\n%V\u{200d}", "\r\n1\u{200d}"),
    ])
    func aFormatIsCutByItsBytes(format: String, shown: String) throws {
        let cid = CID.v1(.dagPB, Multihash(code: .identity, digest: []))
        let text = try Self.converted(cid, format: format, version: "1")
        #expect(text.utf8.elementsEqual(shown.utf8))
        #expect(throws: CIDConversion.Failure.self) {
            try Self.converted(cid, format: "%\u{301}", version: "1")
        }
    }
}
