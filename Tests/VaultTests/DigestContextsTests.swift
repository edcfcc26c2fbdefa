import Buffers
import Multiformats
import Testing

@testable import Vault

/// The cases run at the same time, on several threads.
@Suite(.timeLimit(.minutes(40)))
struct DigestContextsTests {
    @Test(arguments: 0..<8)
    func threadsThatDigestAtOnceDoNotDisturbEachOther(number: Int) throws {
        let sha3_256 = try HashFunction(named: "sha3-256")
        let short = Pattern.bytes(64 + number)
        let long = Pattern.bytes(20_000 + number)
        let first = try (
            HashFunction.sha2_256.multihash(of: short), HashFunction.sha2_256.multihash(of: long),
            sha3_256.multihash(of: short)
        )
        for _ in 0..<1000 {
            #expect(try HashFunction.sha2_256.multihash(of: short) == first.0)
            #expect(try HashFunction.sha2_256.multihash(of: long) == first.1)
            #expect(try sha3_256.multihash(of: short) == first.2)
        }
    }
}
