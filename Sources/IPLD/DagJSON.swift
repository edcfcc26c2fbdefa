package import Buffers

/// JSON with links and bytes as maps with the key `/`.
///
/// - Spec: ipld dag-json.
package enum DagJSON {
    /// Decodes a block.
    ///
    /// - Throws: `.malformed`, `.tooDeep`.
    package static func decode(_ bytes: Bytes) throws(IPLDError) -> IPLDValue {
        fatalError("not built yet")
    }

    /// The canonical block of a value: keys sorted by bytes, no white space.
    ///
    /// - Throws: `.form` for values that the codec does not have, `.tooDeep`.
    package static func encode(_ value: IPLDValue) throws(IPLDError) -> Bytes {
        fatalError("not built yet")
    }
}
