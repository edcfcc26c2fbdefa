import Buffers
import FoundationEssentials
import IPLD
import TestSupport
import Testing

/// The files of `ipld-codecs`.
enum CodecFixtures {
    /// All blocks of one codec, by file name.
    static func positive(_ suffix: String) throws -> [(name: String, bytes: Bytes)] {
        let folder = Fixture.path("ipld-codecs/positive")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        return try names.filter { $0.hasSuffix(suffix) }.sorted().map {
            (name: $0, bytes: try Fixture.bytes("ipld-codecs/positive/\($0)"))
        }
    }

    private struct DecodeCase: Decodable {
        let name: String
        let hex: String
        let error: String
    }

    /// Blocks that must be refused.
    static func negativeDecode(
        _ file: String
    ) throws -> [(name: String, bytes: Bytes, cause: String)] {
        let json = Data(try Fixture.bytes("ipld-codecs/negative/\(file)").array)
        return try JSONDecoder().decode([DecodeCase].self, from: json).map {
            (name: $0.name, bytes: try Bytes(hex: $0.hex), cause: $0.error)
        }
    }

    /// Values that must not be encoded. The file is read as dag-json, which its values are.
    static func negativeEncode(
        _ file: String
    ) throws -> [(name: String, value: IPLDValue, cause: String)] {
        let file = try DagJSON.decode(try Fixture.bytes("ipld-codecs/negative/\(file)"))
        guard case .list(let cases) = file else { return [] }
        return try cases.map {
            guard case .string(let name)? = $0["name"], case .string(let cause)? = $0["error"]
            else { throw FixtureError.notText("name") }
            return (name: name, value: try #require($0["dag-json"]), cause: cause)
        }
    }

    /// The blocks of `fixtures.car`, which has no roots: each fixture in each codec.
    static func car() throws -> [Block] {
        var reader = CARReader()
        reader.feed(try Fixture.bytes("ipld-codecs/fixtures.car"))
        var blocks: [Block] = []
        while let event = try reader.next() {
            if case .block(let block) = event { blocks.append(block) }
        }
        try reader.finish()
        return blocks
    }
}
