package import Buffers
import COpenSSL

/// Unpredictable bytes for identifiers, nonces and names. Not for keys: those never leave `Secret`.
package enum RandomBytes {
    /// Makes fresh random bytes.
    ///
    /// Traps when the generator cannot be seeded: nothing in this process is safe then.
    ///
    /// - Parameter count: how many bytes.
    /// - Returns: `count` bytes that nobody has seen.
    package static func make(_ count: Int) -> Bytes {
        var bytes = [UInt8](repeating: 0, count: count)
        fill(&bytes)
        return Bytes(bytes)
    }

    /// Overwrites an array with random bytes.
    ///
    /// - Parameter bytes: keeps its length.
    package static func fill(_ bytes: inout [UInt8]) {
        let outcome = unsafe RAND_bytes_ex(
            OpenSSLLibrary.own.context, &bytes, bytes.count, OpenSSLLibrary.strength)
        precondition(
            outcome == 1, "OpenSSL has no random bytes: the kernel's generator cannot be read")
    }
}
