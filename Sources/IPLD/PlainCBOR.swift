package import Buffers

/// CBOR without links: codec `cbor`.
package enum PlainCBOR {
    /// Decodes a block.
    ///
    /// - Throws: `.malformed`, also for tags and indefinite lengths; `.tooDeep`.
    package static func decode(_ bytes: Bytes) throws(IPLDError) -> IPLDValue {
        var parser = CBORParser(bytes, .plain)
        return try parser.parse()
    }

    /// Writes a value without links; maps keep their order.
    ///
    /// - Throws: `.form` for values that the codec does not have, `.tooDeep`.
    package static func encode(_ value: IPLDValue) throws(IPLDError) -> Bytes {
        try CBORPrinter.print(value, .plain)
    }
}
