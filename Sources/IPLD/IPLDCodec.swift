package import Buffers
package import Multiformats

/// Reads and writes values by codec: raw, dag-pb, dag-cbor, dag-json, json, cbor.
package enum IPLDCodec {
    /// Whether `decode` and `encode` know a codec.
    package static func isKnown(_ codec: Multicodec) -> Bool { fatalError("not built yet") }

    /// Decodes a block into the data model; dag-pb gives its value form, raw gives bytes.
    ///
    /// - Parameters:
    ///   - bytes: the block.
    ///   - codec: what it claims to be.
    ///   - strictness: for the two CBOR codecs.
    /// - Returns: the value.
    /// - Throws: `.unsupported` for other codecs, and what the codec throws.
    package static func decode(
        _ bytes: Bytes, as codec: Multicodec, _ strictness: DagCBOR.Strictness = .canonical
    ) throws(IPLDError) -> IPLDValue { fatalError("not built yet") }

    /// Encodes a value.
    ///
    /// - Parameters:
    ///   - value: what to write.
    ///   - codec: into which codec.
    /// - Returns: the block.
    /// - Throws: `.unsupported` for other codecs, `.form` where the codec lacks the kind.
    package static func encode(
        _ value: IPLDValue, as codec: Multicodec
    ) throws(IPLDError) -> Bytes { fatalError("not built yet") }
}
