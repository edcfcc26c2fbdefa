package import Buffers
package import IPLD
package import Multiformats

/// Turns nodes from one codec into another, as `dag put` and `dag get` need it.
package enum NodeConversion {
    /// Reads a node in one codec and writes it in another.
    ///
    /// - Parameters:
    ///   - bytes: the node.
    ///   - input: what it is written in.
    ///   - output: what it is to be written in.
    /// - Returns: the node in the other codec; the canonical form also when both are the same.
    /// - Throws: `.unsupportedCodec`, `.undecodable`, `.invalidArgument` for a value that the output
    ///   codec cannot express.
    package static func convert(
        _ bytes: Bytes, from input: Multicodec, to output: Multicodec
    ) throws(ContentError) -> Bytes {
        guard bytes.count <= Limits.nodeBytesMax else {
            throw ContentError(
                .blockTooLarge, "the node has more than \(Limits.nodeBytesMax) bytes")
        }
        return try encode(try decode(bytes, as: input), as: output)
    }

    /// Reads a node.
    ///
    /// - Parameters:
    ///   - bytes: the node.
    ///   - codec: what it is written in.
    /// - Returns: its value.
    /// - Throws: `.unsupportedCodec`, `.undecodable`.
    package static func decode(
        _ bytes: Bytes, as codec: Multicodec
    ) throws(ContentError) -> IPLDValue {
        do {
            return try IPLDCodec.decode(bytes, as: codec, .reading)
        } catch {
            let code: ContentError.Code =
                error.code == .unsupported ? .unsupportedCodec : .undecodable
            throw ContentError(code, error.message, cause: error)
        }
    }

    /// Writes a node.
    ///
    /// - Parameters:
    ///   - value: what to write.
    ///   - codec: what to write it in.
    /// - Returns: the canonical block.
    /// - Throws: `.unsupportedCodec`, `.invalidArgument`.
    package static func encode(
        _ value: IPLDValue, as codec: Multicodec
    ) throws(ContentError) -> Bytes {
        do {
            return try IPLDCodec.encode(value, as: codec)
        } catch {
            let code: ContentError.Code =
                error.code == .unsupported ? .unsupportedCodec : .invalidArgument
            throw ContentError(code, error.message, cause: error)
        }
    }

    /// The node, or the value inside of it, that a path leads to.
    ///
    /// - Parameters:
    ///   - resolution: the path, resolved.
    ///   - codec: what the answer is written in.
    ///   - library: where the block is.
    /// - Returns: the value in that codec.
    /// - Throws: `.blockNotFound`, and as `convert`.
    package static func get(
        _ resolution: Resolution, as codec: Multicodec, library: Library
    ) throws(ContentError) -> Bytes {
        if let value = resolution.value { return try encode(value, as: codec) }
        let bytes = try library.blocks.block(resolution.cid)
        return try convert(bytes, from: resolution.cid.codec, to: codec)
    }
}
