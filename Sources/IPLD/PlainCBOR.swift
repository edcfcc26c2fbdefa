package import Buffers

/// CBOR without links: codec `cbor`.
package enum PlainCBOR {
    /// Decodes a block.
    ///
    /// - Throws: `.malformed`, `.tooDeep`.
    package static func decode(_ bytes: Bytes) throws(IPLDError) -> IPLDValue {
        fatalError("not built yet")
    }

    /// Writes a value without links.
    ///
    /// - Throws: `.form` for values that the codec does not have, `.tooDeep`.
    package static func encode(_ value: IPLDValue) throws(IPLDError) -> Bytes {
        fatalError("not built yet")
    }
}
