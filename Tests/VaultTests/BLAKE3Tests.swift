import Buffers
import Multiformats
import TestSupport
import Testing

@testable import Vault

@Suite(.timeLimit(.minutes(40)))
struct BLAKE3Tests {
    @Test
    func theOfficialVectorsAreReproduced() throws {
        let rows = try Fixture.lines("blake3.csv").dropFirst()
        #expect(rows.count == 35)
        let function = try HashFunction(named: "blake3")
        for row in rows {
            let fields = row.split(separator: ",").map(String.init)
            let input = Pattern.bytes(try #require(Int(fields[0])))
            let output = try Bytes(hex: fields[1])
            #expect(try function.digest(of: input) == output.prefix(32), "\(fields[0]) bytes")
            let longest = Multihash(code: function.code, digest: output.prefix(128))
            #expect(function.verify(input, against: longest), "\(fields[0]) bytes")
        }
    }

    @Test
    func aChangeAnywhereChangesTheDigest() throws {
        let function = try HashFunction(named: "blake3")
        let input = Pattern.bytes(5 * 1024 + 3).array
        let digest = try function.digest(of: Bytes(input))
        for position in stride(from: 0, to: input.count, by: 331) {
            var changed = input
            changed[position] ^= 1
            #expect(try function.digest(of: Bytes(changed)) != digest, "\(position)")
        }
    }
}
