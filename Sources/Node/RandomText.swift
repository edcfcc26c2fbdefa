import Buffers
import Vault

/// Random bytes as text.
package enum RandomText {
    /// Hexadecimal digits, two per byte.
    ///
    /// - Parameter byteCount: bytes of randomness.
    package static func hexadecimal(byteCount: Int) -> String {
        RandomBytes.make(byteCount).array.map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
