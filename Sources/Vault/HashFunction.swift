package import Buffers
package import Multiformats

/// A function that content is addressed by: what Kubo accepts, and nothing weaker.
///
/// Cheap to make and to copy; safe to use from every thread.
///
/// - Spec: multiformats/multicodec, `table.csv`; what may be used is boxo's list (`verifcid`).
package struct HashFunction: Sendable, Hashable {
    /// The function's number in a multihash.
    package let code: MultihashCode

    private let algorithm: DigestAlgorithm

    /// Finds the function that a CID names.
    ///
    /// - Parameter code: any code.
    /// - Throws: `.insecure` for everything that Kubo does not allow, unknown codes too;
    ///   `.notRegistered` for what it allows and neither OpenSSL, libb2 nor we can compute.
    package init(code: MultihashCode) throws(HashFunctionError) {
        guard let algorithm = DigestAlgorithm(code: code.rawValue) else {
            throw HashFunctionPolicy.allows(code.rawValue)
                ? .notRegistered(code.rawValue) : .insecure
        }
        self.init(code: code, algorithm: algorithm)
    }

    /// Finds the function that a person or a client asked for.
    ///
    /// - Parameter name: as `add --hash` spells it, in any case.
    /// - Throws: `.unknownName`, `.insecure`, or `.notRegistered` for what Kubo does not implement.
    package init(named name: String) throws(HashFunctionError) {
        let name = name.lowercased()
        guard let code = MultihashCode(name: name) else { throw .unknownName(name) }
        try self.init(code: code)
        guard algorithm.isInKubo else { throw .notRegistered(code.rawValue) }
    }

    private init(code: MultihashCode, algorithm: DigestAlgorithm) {
        self.code = code
        self.algorithm = algorithm
    }

    /// The default, and the only function of version 0 CIDs.
    package static let sha2_256 = HashFunction(
        code: MultihashCode(rawValue: 0x12), algorithm: .sha2_256)

    /// The bytes themselves, for very small blocks.
    package static let identity = HashFunction(
        code: MultihashCode(rawValue: 0x00), algorithm: .identity)

    /// Digests `bytes`.
    ///
    /// - Parameter bytes: a whole block.
    /// - Returns: code and digest of the usual length.
    /// - Throws: `.digestTooLarge` for identity content over 128 bytes; no other function throws.
    package func multihash(of bytes: Bytes) throws(HashFunctionError) -> Multihash {
        if algorithm.byteCount == 32 { return multihashOf32Bytes(of: bytes) }
        return Multihash(code: code, digest: try digest(of: bytes))
    }

    /// Tells whether a multihash is the one of these bytes.
    ///
    /// A digest that was cut short on purpose matches by the bytes that it has; under 20 of them
    /// prove nothing and never match.
    ///
    /// - Parameters:
    ///   - bytes: a whole block.
    ///   - multihash: what the block was asked for by.
    /// - Returns: whether code and digest fit.
    package func verify(_ bytes: Bytes, against multihash: Multihash) -> Bool {
        guard multihash.code == code else { return false }
        if algorithm.byteCount == 32, multihash.digestCount == 32 {
            return multihashOf32Bytes(of: bytes) == multihash
        }
        guard algorithm != .identity else { return multihash.digest == bytes }
        guard let count = algorithm.byteCount(asked: multihash.digestCount) else { return false }
        return digest(of: bytes, byteCount: count).prefix(multihash.digestCount) == multihash.digest
    }

    /// Digests `bytes` without the multihash around it.
    ///
    /// - Parameter bytes: a whole block.
    /// - Returns: the digest; for identity the bytes themselves.
    /// - Throws: `.digestTooLarge` for identity content over 128 bytes; no other function throws.
    package func digest(of bytes: Bytes) throws(HashFunctionError) -> Bytes {
        guard let count = algorithm.byteCount else {
            guard bytes.count <= Limits.digestByteCountMax else {
                throw .identityTooLarge(bytes.count)
            }
            return bytes
        }
        return digest(of: bytes, byteCount: count)
    }

    private func digest(of bytes: Bytes, byteCount: Int) -> Bytes {
        var digest = [UInt8](repeating: 0, count: byteCount)
        unsafe bytes.withUnsafeBytes { input in
            unsafe digest.withUnsafeMutableBytes { output in
                unsafe algorithm.digest(input, into: output)
            }
        }
        return Bytes(digest)
    }

    /// The hot path: no allocation between the block and its name.
    private func multihashOf32Bytes(of bytes: Bytes) -> Multihash {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        unsafe bytes.withUnsafeBytes { input in
            unsafe withUnsafeMutableBytes(of: &words) { output in
                unsafe algorithm.digest(input, into: output)
            }
        }
        return Multihash(
            code: code,
            inline32: (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian))
    }
}
