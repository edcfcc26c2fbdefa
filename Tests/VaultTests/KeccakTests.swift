import Buffers
import Multiformats
import TestSupport
import Testing

@testable import Vault

@Suite(.timeLimit(.minutes(40)))
struct KeccakTests {
    @Test
    func withThePaddingOfSHA3ItIsOpenSSLsSHA3() throws {
        let sha3_256 = try HashFunction(named: "sha3-256")
        for count in 0...1000 {
            let input = Pattern.bytes(count)
            var digest = [UInt8](repeating: 0, count: 32)
            unsafe input.withUnsafeBytes { bytes in
                unsafe digest.withUnsafeMutableBytes { output in
                    unsafe Keccak.digest(bytes, padding: 0x06, into: output)
                }
            }
            #expect(try sha3_256.digest(of: input) == Bytes(digest), "\(count) bytes")
        }
    }
}
