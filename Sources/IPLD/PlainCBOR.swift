package import Buffers

/// CBOR without links: codec `cbor`.
package enum PlainCBOR {
    /// Decodes a block.
    ///
    /// - Throws: `.malformed`, also for tags and indefinite lengths; `.tooDeep`, `.tooLarge`.
    package static func decode(_ bytes: Bytes) throws(IPLDError) -> IPLDValue {
        try UndecodedValue(.cbor(CBORWalk(bytes, .plain))).decode()
    }

    /// Writes a value without links; maps keep their order.
    ///
    /// - Parameters:
    ///   - value: what to write.
    ///   - byteCountMax: where to give up.
    /// - Throws: `.form` for values that the codec does not have, `.tooDeep`, `.tooLarge`.
    package static func encode(
        _ value: IPLDValue, byteCountMax: Int = Limits.encodedBytesMax
    ) throws(IPLDError) -> Bytes {
        try CBORPrinter.print(value, .plain, byteCountMax: byteCountMax)
    }
}
