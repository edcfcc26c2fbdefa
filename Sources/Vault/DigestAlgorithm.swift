import CBlake2

/// How a digest is computed: by OpenSSL, by libb2, or by hand where neither has it.
enum DigestAlgorithm: Hashable, Sendable {
    case identity
    case sha1
    case sha2_256
    case sha2_512
    case doubleSHA2_256
    /// SHA2-256 with the two highest bits of the last byte cleared: Filecoin's piece commitments.
    case sha2_256Truncated254
    case sha3_224, sha3_256, sha3_384, sha3_512
    case shake_256
    /// The original padding, with digests of so many bytes.
    case keccak(Int)
    case blake3
    case blake2b(Int)
    case blake2s(Int)

    /// Nil for every code that Kubo does not allow.
    init?(code: UInt64) {
        guard HashFunctionPolicy.allows(code) else { return nil }
        switch code {
        case 0x00: self = .identity
        case 0x11: self = .sha1
        case 0x12: self = .sha2_256
        case 0x13: self = .sha2_512
        case 0x14: self = .sha3_512
        case 0x15: self = .sha3_384
        case 0x16: self = .sha3_256
        case 0x17: self = .sha3_224
        case 0x19: self = .shake_256
        case 0x1a: self = .keccak(28)
        case 0x1b: self = .keccak(32)
        case 0x1c: self = .keccak(48)
        case 0x1d: self = .keccak(64)
        case 0x1e: self = .blake3
        case 0x56: self = .doubleSHA2_256
        case 0x1012: self = .sha2_256Truncated254
        case HashFunctionPolicy.blake2b:
            self = .blake2b(Int(code - HashFunctionPolicy.blake2b.lowerBound) + 1)
        case HashFunctionPolicy.blake2s:
            self = .blake2s(Int(code - HashFunctionPolicy.blake2s.lowerBound) + 1)
        default: return nil
        }
    }

    /// Length of a whole digest; nil for identity.
    var byteCount: Int? {
        switch self {
        case .identity: nil
        case .sha1: 20
        case .sha3_224: 28
        case .sha2_256, .doubleSHA2_256, .sha2_256Truncated254, .sha3_256, .blake3: 32
        case .sha3_384: 48
        case .sha2_512, .sha3_512, .shake_256: 64
        case .keccak(let count), .blake2b(let count), .blake2s(let count): count
        }
    }

    /// How many bytes must be computed to check a digest of `count` bytes; nil where none can match.
    ///
    /// Only BLAKE3 has longer digests than the usual one.
    func byteCount(asked count: Int) -> Int? {
        guard count >= Limits.digestByteCountMin, count <= Limits.digestByteCountMax,
            let usual = byteCount
        else { return nil }
        if self == .blake3 { return max(count, usual) }
        return count <= usual ? usual : nil
    }

    /// Whether Kubo has it, so that its users may ask for it by name.
    var isInKubo: Bool {
        switch self {
        case .keccak(let count): count == 32 || count == 64
        case .blake2s(let count): count == 32
        case .sha2_256Truncated254: false
        default: true
        }
    }

    /// Computes the digest.
    ///
    /// - Parameters:
    ///   - input: anything, also nothing.
    ///   - output: `byteCount` bytes; for BLAKE3 as many as wanted.
    @unsafe
    func digest(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) {
        switch self {
        case .identity: unsafe output.copyMemory(from: input)
        case .sha1: unsafe Self.run(.sha1, input, output)
        case .sha2_256: unsafe Self.run(.sha2_256, input, output)
        case .sha2_512: unsafe Self.run(.sha2_512, input, output)
        case .sha3_224: unsafe Self.run(.sha3_224, input, output)
        case .sha3_256: unsafe Self.run(.sha3_256, input, output)
        case .sha3_384: unsafe Self.run(.sha3_384, input, output)
        case .sha3_512: unsafe Self.run(.sha3_512, input, output)
        case .shake_256: unsafe Self.run(.shake_256, input, output)
        case .doubleSHA2_256:
            unsafe Self.run(.sha2_256, input, output)
            unsafe Self.run(.sha2_256, UnsafeRawBufferPointer(output), output)
        case .sha2_256Truncated254:
            unsafe Self.run(.sha2_256, input, output)
            unsafe output[31] &= 0x3f
        case .keccak: unsafe Keccak.digest(input, padding: 0x01, into: output)
        case .blake3: unsafe BLAKE3.digest(input, into: output)
        case .blake2b: unsafe Self.runBlake2b(input, output)
        case .blake2s: unsafe Self.runBlake2s(input, output)
        }
    }

    private static func run(
        _ digest: OpenSSLDigest, _ input: UnsafeRawBufferPointer,
        _ output: UnsafeMutableRawBufferPointer
    ) {
        unsafe digest.digest(input, into: output)
    }

    private static func runBlake2b(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
    ) {
        let bytes = unsafe output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let outcome = unsafe CBlake2.blake2b(
            bytes, input.baseAddress, nil, output.count, input.count, 0)
        precondition(outcome == 0, "libb2 takes every length from 1 to 64")
    }

    private static func runBlake2s(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
    ) {
        let bytes = unsafe output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let outcome = unsafe CBlake2.blake2s(
            bytes, input.baseAddress, nil, output.count, input.count, 0)
        precondition(outcome == 0, "libb2 takes every length from 1 to 32")
    }
}
