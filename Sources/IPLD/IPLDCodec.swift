package import Buffers
package import Multiformats

/// Reads and writes values by codec: raw, dag-pb, dag-cbor, dag-json, json, cbor.
package enum IPLDCodec {
    /// Decodes a block into the data model; dag-pb gives its value form, raw gives bytes.
    ///
    /// - Parameters:
    ///   - bytes: the block, or the bytes of one value in it that `IPLDPath` has found.
    ///   - codec: what it claims to be.
    ///   - strictness: for dag-cbor.
    /// - Returns: the value.
    /// - Throws: `.unsupported` for other codecs, what the codec throws, and `.tooLarge` for a tree
    ///   over `Limits.treeBytesMax`.
    package static func decode(
        _ bytes: Bytes, as codec: Multicodec, _ strictness: DagCBOR.Strictness = .canonical
    ) throws(IPLDError) -> IPLDValue {
        try check(bytes, as: codec, strictness).decode()
    }

    /// Checks a block without decoding it, and counts the memory that decoding would take, so that a
    /// caller can take it from a budget first.
    ///
    /// - Parameters:
    ///   - bytes: the block, or the bytes of one value in it.
    ///   - codec: what it claims to be.
    ///   - strictness: for dag-cbor.
    /// - Returns: what can be decoded.
    /// - Throws: `.unsupported` for other codecs, and what the codec throws.
    package static func check(
        _ bytes: Bytes, as codec: Multicodec, _ strictness: DagCBOR.Strictness = .canonical
    ) throws(IPLDError) -> UndecodedValue {
        switch codec {
        case .raw: return UndecodedValue(raw: bytes)
        case .dagPB: return try UndecodedValue(node: bytes)
        default:
            guard let walk = IPLDWalk(bytes, as: codec, strictness) else {
                throw unsupported(codec, "decoder")
            }
            return try UndecodedValue(walk)
        }
    }

    /// How many times the memory of a block its check takes beside it at most, about. In the JSON codecs
    /// the keys of maps are remembered, since they may be in any order and each only once: a map of
    /// shortest entries takes 16 bytes for each five, until there are `Limits.jsonKeysMax`. And bytes are
    /// decoded to see whether they can be: where the text has an escape, it is copied without it before.
    ///
    /// - Parameter codec: what the block claims to be.
    package static func checkCopiesMax(as codec: Multicodec) -> Int {
        codec == .dagJSON || codec == .json ? 4 : 0
    }

    /// Encodes a value; the links of a dag-pb node come into the order of their names.
    ///
    /// - Parameters:
    ///   - value: what to write.
    ///   - codec: into which codec.
    ///   - byteCountMax: where to give up, but for raw and dag-pb: they are about as long as the
    ///     value.
    /// - Returns: the block.
    /// - Throws: `.unsupported` for other codecs, `.form` where the codec lacks the kind,
    ///   `.tooDeep`, `.tooLarge`.
    package static func encode(
        _ value: IPLDValue, as codec: Multicodec, byteCountMax: Int = Limits.encodedBytesMax
    ) throws(IPLDError) -> Bytes {
        switch codec {
        case .raw:
            guard case .bytes(let bytes) = value else {
                throw IPLDError(.form, "only bytes can be written as raw")
            }
            return bytes
        case .dagPB: return DagPBForm.ordered(try DagPBForm.node(from: value))
        case .dagCBOR: return try DagCBOR.encode(value, byteCountMax: byteCountMax)
        case .dagJSON: return try DagJSON.encode(value, byteCountMax: byteCountMax)
        case .json: return try PlainJSON.encode(value, byteCountMax: byteCountMax)
        case .cbor: return try PlainCBOR.encode(value, byteCountMax: byteCountMax)
        default: throw unsupported(codec, "encoder")
        }
    }

    static func unsupported(_ codec: Multicodec, _ kind: String) -> IPLDError {
        let number = String(codec.rawValue, radix: 16)
        return IPLDError(
            .unsupported,
            "no \(kind) registered for multicodec code \(codec.rawValue) (0x\(number))")
    }
}
