package import Buffers
import Multiformats

/// JSON with links and bytes as maps with the key `/`.
///
/// - Spec: ipld dag-json.
package enum DagJSON {
    /// Decodes a block. White space and keys in any order are accepted.
    ///
    /// - Throws: `.malformed`, `.tooDeep`.
    package static func decode(_ bytes: Bytes) throws(IPLDError) -> IPLDValue {
        var parser = JSONParser(bytes, readsLinks: true)
        return try parser.parse()
    }

    /// The canonical block of a value: keys sorted by bytes, no white space.
    ///
    /// - Throws: `.form` for values that the codec does not have, `.tooDeep`.
    package static func encode(_ value: IPLDValue) throws(IPLDError) -> Bytes {
        try JSONPrinter.print(value, isDagJSON: true)
    }

    /// Turns a map whose first key is `/` into the link or the bytes that it stands for.
    ///
    /// - Throws: `.malformed` when it stands for neither: the key is reserved.
    static func interpret(_ entries: [IPLDValue.Entry]) throws(IPLDError) -> IPLDValue {
        guard let first = entries.first, first.key == "/" else { return .map(entries) }
        guard entries.count == 1 else { throw reserved }
        switch first.value {
        case .string(let text): return .link(try cid(text))
        case .map(let inner):
            guard inner.count == 1, inner[0].key == "bytes",
                case .string(let text) = inner[0].value
            else { throw reserved }
            return .bytes(try bytes(text))
        default: throw reserved
        }
    }

    private static var reserved: IPLDError {
        IPLDError(.malformed, "dag-json: the key \"/\" stands for links and bytes only")
    }

    private static func cid(_ text: String) throws(IPLDError) -> CID {
        do {
            return try CID(parsing: text)
        } catch {
            throw IPLDError(.malformed, "invalid cid: \(error.message)")
        }
    }

    /// Base64 without padding; with padding too, as go-ipld-prime reads it.
    private static func bytes(_ text: String) throws(IPLDError) -> Bytes {
        let base: Multibase = text.utf8.last == UInt8(ascii: "=") ? .base64pad : .base64
        do {
            return try base.decodeWithoutPrefix(text)
        } catch {
            throw IPLDError(.malformed, error.message)
        }
    }
}
