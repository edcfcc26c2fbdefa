package import Buffers

/// JSON without links: codec `json`. The key `/` has no meaning here.
package enum PlainJSON {
    /// Decodes a block.
    ///
    /// - Throws: `.malformed`, `.tooDeep`, `.tooLarge`.
    package static func decode(_ bytes: Bytes) throws(IPLDError) -> IPLDValue {
        try UndecodedValue(.json(JSONWalk(bytes, readsLinks: false))).decode()
    }

    /// Writes a value without links or bytes, indented by tabs as go-ipld-prime does; maps keep
    /// their order.
    ///
    /// - Parameters:
    ///   - value: what to write.
    ///   - byteCountMax: where to give up.
    /// - Throws: `.form` for values that the codec does not have, `.tooDeep`, `.tooLarge`.
    package static func encode(
        _ value: IPLDValue, byteCountMax: Int = Limits.encodedBytesMax
    ) throws(IPLDError) -> Bytes {
        try JSONPrinter.print(value, isDagJSON: false, byteCountMax: byteCountMax)
    }
}
