package import Buffers
import COpenSSL

/// Key pairs of Ed25519 (RFC 8032).
package enum Ed25519 {
    /// Bytes of a private key, and of a public one.
    package static let keyByteCount = 32

    /// Makes a private key: bytes that nobody can guess, from the generator for secrets.
    ///
    /// Traps when the generator cannot be seeded.
    package static func makePrivateKey() -> Bytes {
        var bytes = [UInt8](repeating: 0, count: keyByteCount)
        let outcome = unsafe RAND_priv_bytes_ex(
            OpenSSLLibrary.own.context, &bytes, bytes.count, OpenSSLLibrary.strength)
        precondition(
            outcome == 1, "OpenSSL has no random bytes: the kernel's generator cannot be read")
        return Bytes(bytes)
    }

    /// The public key that belongs to a private one.
    ///
    /// - Returns: 32 bytes; nil for a private key of another length.
    package static func publicKey(of privateKey: Bytes) -> Bytes? {
        guard privateKey.count == keyByteCount else { return nil }
        let seed = privateKey.array
        let pair = unsafe EVP_PKEY_new_raw_private_key_ex(
            OpenSSLLibrary.own.context, "ED25519", nil, seed, seed.count)
        defer { unsafe EVP_PKEY_free(pair) }
        var bytes = [UInt8](repeating: 0, count: keyByteCount)
        var count = bytes.count
        let outcome = unsafe EVP_PKEY_get_raw_public_key(pair, &bytes, &count)
        precondition(
            outcome == 1 && count == keyByteCount,
            "OpenSSL refused a key of the right length: a bug, or no memory is left")
        return Bytes(bytes)
    }
}
