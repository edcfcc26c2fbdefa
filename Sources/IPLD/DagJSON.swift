package import Buffers
import Multiformats

/// JSON with links and bytes as maps with the key `/`.
///
/// - Spec: ipld dag-json.
package enum DagJSON {
    /// Decodes a block. White space and keys in any order are accepted.
    ///
    /// - Throws: `.malformed`, `.tooDeep`, `.tooLarge`.
    package static func decode(_ bytes: Bytes) throws(IPLDError) -> IPLDValue {
        try UndecodedValue(.json(JSONWalk(bytes, readsLinks: true))).decode()
    }

    /// The canonical block of a value: keys sorted by bytes, no white space.
    ///
    /// - Parameters:
    ///   - value: what to write.
    ///   - byteCountMax: where to give up.
    /// - Throws: `.form` for values that the codec does not have, `.tooDeep`, `.tooLarge`.
    package static func encode(
        _ value: IPLDValue, byteCountMax: Int = Limits.encodedBytesMax
    ) throws(IPLDError) -> Bytes {
        try JSONPrinter.print(value, isDagJSON: true, byteCountMax: byteCountMax)
    }

    /// The key of the maps that stand for links and bytes.
    static let reservedKey = Bytes(utf8: "/")
    /// The key inside such a map that stands for bytes.
    static let bytesKey = Bytes(utf8: "bytes")

    /// Why any other map whose first key is the reserved one is refused.
    static let reserved = IPLDError(
        .malformed, "dag-json: the key \"/\" stands for links and bytes only")

    /// Reads the text of a link.
    static func cid(_ text: String) throws(IPLDError) -> CID {
        do {
            return try CID(parsing: text)
        } catch {
            throw IPLDError(.malformed, "invalid cid: \(error.message)")
        }
    }

    /// Base64 without padding; with padding too, as go-ipld-prime reads it.
    static func bytes(_ text: Bytes) throws(IPLDError) -> Bytes {
        let isPadded = text.count > 0 && text[text.count - 1] == UInt8(ascii: "=")
        let base: Multibase = isPadded ? .base64pad : .base64
        do {
            return try base.decodeWithoutPrefix(utf8: text)
        } catch {
            throw IPLDError(.malformed, error.message)
        }
    }
}
