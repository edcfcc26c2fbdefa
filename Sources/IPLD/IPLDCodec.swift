package import Buffers
package import Multiformats

/// Reads and writes values by codec: raw, dag-pb, dag-cbor, dag-json, json, cbor.
package enum IPLDCodec {
    /// Whether `decode` and `encode` know a codec.
    package static func isKnown(_ codec: Multicodec) -> Bool {
        codec.isSupported && codec != .libp2pKey
    }

    /// Decodes a block into the data model; dag-pb gives its value form, raw gives bytes.
    ///
    /// - Parameters:
    ///   - bytes: the block.
    ///   - codec: what it claims to be.
    ///   - strictness: for dag-cbor.
    /// - Returns: the value.
    /// - Throws: `.unsupported` for other codecs, and what the codec throws.
    package static func decode(
        _ bytes: Bytes, as codec: Multicodec, _ strictness: DagCBOR.Strictness = .canonical
    ) throws(IPLDError) -> IPLDValue {
        switch codec {
        case .raw: return .bytes(bytes)
        case .dagPB: return DagPBForm.value(of: try DagPBNode(decoding: bytes))
        case .dagCBOR: return try DagCBOR.decode(bytes, strictness)
        case .dagJSON: return try DagJSON.decode(bytes)
        case .json: return try PlainJSON.decode(bytes)
        case .cbor: return try PlainCBOR.decode(bytes)
        default: throw unsupported(codec, "decoder")
        }
    }

    /// Encodes a value.
    ///
    /// - Parameters:
    ///   - value: what to write.
    ///   - codec: into which codec.
    /// - Returns: the block.
    /// - Throws: `.unsupported` for other codecs, `.form` where the codec lacks the kind.
    package static func encode(
        _ value: IPLDValue, as codec: Multicodec
    ) throws(IPLDError) -> Bytes {
        switch codec {
        case .raw:
            guard case .bytes(let bytes) = value else {
                throw IPLDError(.form, "only bytes can be written as raw")
            }
            return bytes
        case .dagPB: return try DagPBForm.node(from: value).encode()
        case .dagCBOR: return try DagCBOR.encode(value)
        case .dagJSON: return try DagJSON.encode(value)
        case .json: return try PlainJSON.encode(value)
        case .cbor: return try PlainCBOR.encode(value)
        default: throw unsupported(codec, "encoder")
        }
    }

    private static func unsupported(_ codec: Multicodec, _ kind: String) -> IPLDError {
        let number = String(codec.rawValue, radix: 16)
        return IPLDError(
            .unsupported,
            "no \(kind) registered for multicodec code \(codec.rawValue) (0x\(number))")
    }
}
