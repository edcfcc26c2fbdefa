/// Which hash function made a digest: a number of the multicodec table, tag `multihash`.
package struct MultihashCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt64

    @inline(__always)
    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The digest is the content.
    package static let identity = MultihashCode(rawValue: 0x00)
    package static let sha1 = MultihashCode(rawValue: 0x11)
    package static let sha2_256 = MultihashCode(rawValue: 0x12)
    package static let sha2_512 = MultihashCode(rawValue: 0x13)
    package static let sha3_512 = MultihashCode(rawValue: 0x14)
    package static let sha3_384 = MultihashCode(rawValue: 0x15)
    package static let sha3_256 = MultihashCode(rawValue: 0x16)
    package static let sha3_224 = MultihashCode(rawValue: 0x17)
    package static let shake_128 = MultihashCode(rawValue: 0x18)
    package static let shake_256 = MultihashCode(rawValue: 0x19)
    package static let keccak_224 = MultihashCode(rawValue: 0x1a)
    package static let keccak_256 = MultihashCode(rawValue: 0x1b)
    package static let keccak_384 = MultihashCode(rawValue: 0x1c)
    package static let keccak_512 = MultihashCode(rawValue: 0x1d)
    package static let blake3 = MultihashCode(rawValue: 0x1e)
    /// The hash of HAMT directories; never of a block.
    package static let murmur3_x64_64 = MultihashCode(rawValue: 0x22)
    /// SHA2-256 applied twice.
    package static let dblSHA2_256 = MultihashCode(rawValue: 0x56)
    package static let md5 = MultihashCode(rawValue: 0xd5)

    /// BLAKE2b with a digest of so many bytes.
    ///
    /// - Parameter byteCount: 1...64.
    package static func blake2b(byteCount: Int) -> MultihashCode {
        precondition((1...64).contains(byteCount), "BLAKE2b digests have 1 to 64 bytes")
        return MultihashCode(rawValue: 0xb200 + UInt64(byteCount))
    }

    /// BLAKE2s with a digest of so many bytes.
    ///
    /// - Parameter byteCount: 1...32.
    package static func blake2s(byteCount: Int) -> MultihashCode {
        precondition((1...32).contains(byteCount), "BLAKE2s digests have 1 to 32 bytes")
        return MultihashCode(rawValue: 0xb240 + UInt64(byteCount))
    }
}

extension MultihashCode: CustomStringConvertible {
    /// The name, or the number in hexadecimal.
    package var description: String { name ?? "0x" + String(rawValue, radix: 16) }
}
