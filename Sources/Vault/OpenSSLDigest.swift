import COpenSSL

/// One digest function of OpenSSL, fetched once for the whole process.
///
/// Asking OpenSSL 3.0 by `EVP_sha256()` instead looks the function up under a lock for every digest.
///
/// `@unchecked Sendable` because a fetched method is immutable and reference-counted by OpenSSL, and
/// this object keeps its reference until the process ends.
@safe
final class OpenSSLDigest: @unchecked Sendable {
    private let method: OpaquePointer
    private let slot: Int
    private let isExtendable: Bool

    private init(_ name: String, slot: Int, isExtendable: Bool = false) {
        guard let method = unsafe EVP_MD_fetch(OpenSSLLibrary.own.context, name, nil) else {
            preconditionFailure("OpenSSL's default provider lacks \(name)")
        }
        unsafe self.method = unsafe method
        self.slot = slot
        self.isExtendable = isExtendable
    }

    static let sha1 = OpenSSLDigest("SHA1", slot: 0)
    static let sha2_256 = OpenSSLDigest("SHA2-256", slot: 1)
    static let sha2_512 = OpenSSLDigest("SHA2-512", slot: 2)
    static let sha3_224 = OpenSSLDigest("SHA3-224", slot: 3)
    static let sha3_256 = OpenSSLDigest("SHA3-256", slot: 4)
    static let sha3_384 = OpenSSLDigest("SHA3-384", slot: 5)
    static let sha3_512 = OpenSSLDigest("SHA3-512", slot: 6)
    static let shake_256 = OpenSSLDigest("SHAKE-256", slot: 7, isExtendable: true)

    /// How many slots the contexts of a thread need.
    static let slotCount = 8

    /// Digests `input` on a context that belongs to the calling thread.
    ///
    /// - Parameters:
    ///   - input: anything, also nothing.
    ///   - output: as long as the digest; for SHAKE as long as wanted.
    @unsafe
    func digest(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) {
        let context = unsafe DigestContexts.current(slot)
        let bytes = unsafe output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let isDone =
            unsafe EVP_DigestInit_ex2(context, method, nil) == 1
            && EVP_DigestUpdate(context, input.baseAddress, input.count) == 1
            && (isExtendable
                ? EVP_DigestFinalXOF(context, bytes, output.count)
                : EVP_DigestFinal_ex(context, bytes, nil)) == 1
        precondition(isDone, "OpenSSL refused a digest over memory: a bug, or no memory is left")
    }
}
