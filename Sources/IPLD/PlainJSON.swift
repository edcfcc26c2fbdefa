package import Buffers

/// JSON without links: codec `json`. The key `/` has no meaning here.
package enum PlainJSON {
    /// Decodes a block.
    ///
    /// - Throws: `.malformed`, `.tooDeep`.
    package static func decode(_ bytes: Bytes) throws(IPLDError) -> IPLDValue {
        fatalError("not built yet")
    }

    /// Writes a value without links or bytes.
    ///
    /// - Throws: `.form` for values that the codec does not have, `.tooDeep`.
    package static func encode(_ value: IPLDValue) throws(IPLDError) -> Bytes {
        fatalError("not built yet")
    }
}
