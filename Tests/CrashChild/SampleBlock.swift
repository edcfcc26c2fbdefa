import BlockStore
import Multiformats
import TestSupport
import Vault

/// The block of a number, for those who append it and for those who look for it.
enum SampleBlock {
    static func make(_ number: Int) throws -> VerifiedBlock {
        var random = SeededRandom(seed: UInt64(number))
        let byteCount = number % 20 == 0 ? random.below(200_000) : random.below(5000)
        return try VerifiedBlock(
            hashing: random.bytes(16 + byteCount), codec: .raw, function: .sha2_256)
    }
}
