package import Buffers
import Execution
import IPLD
package import Multiformats

/// Turns nodes from one codec into another, as `dag put` and `dag get` need it.
package enum NodeConversion {
    /// Reads a node in one codec and writes it in another.
    ///
    /// - Parameters:
    ///   - bytes: the node.
    ///   - input: what it is written in.
    ///   - output: what it is to be written in.
    ///   - access: who asks; its library has the memory for the decoded value.
    /// - Returns: the node in the other codec; the canonical form also when both are the same.
    /// - Throws: `.unsupportedCodec`, `.undecodable`, `.invalidArgument` for a value that the output
    ///   codec cannot express; `.tooMuchMemory`, `.overloaded`, and as `RequestContext.check()`.
    package static func convert(
        _ bytes: Bytes, from input: Multicodec, to output: Multicodec, access: ContentAccess
    ) throws(ContentError) -> Bytes {
        guard bytes.count <= Limits.nodeBytesMax else {
            throw ContentError(
                .blockTooLarge, "the node has more than \(Limits.nodeBytesMax) bytes")
        }
        try access.context.checkNow()
        let undecoded: UndecodedValue
        do {
            undecoded = try IPLDCodec.check(bytes, as: input, .reading)
        } catch {
            throw failure(error)
        }
        // Beside the tree the text of the output, which is about as long as the input.
        let share = BudgetShare(of: access.library.decodingBudget)
        let wanted = min(
            undecoded.decodedByteCount + bytes.count, access.library.decodingBudget.limit)
        try access.context.take(
            wanted, in: share, within: Limits.memoryWait, "the memory for decoding")
        do {
            return try encode(try undecoded.decode(), as: output)
        } catch let error as ContentError {
            throw error
        } catch {
            throw ContentError(error, in: nil)
        }
    }

    private static func failure(_ error: IPLDError) -> ContentError {
        let code: ContentError.Code =
            switch error.code {
            case .unsupported: .unsupportedCodec
            case .tooLarge: .tooMuchMemory
            default: .undecodable
            }
        return ContentError(code, error.message, cause: error)
    }

    private static func encode(
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
    ///   - access: where the block is, and who asks.
    /// - Returns: the value in that codec.
    /// - Throws: `.blockNotFound`, and as `convert`.
    package static func get(
        _ resolution: Resolution, as codec: Multicodec, access: ContentAccess
    ) throws(ContentError) -> Bytes {
        let bytes = try access.makeReader().block(resolution.cid)
        let value = resolution.valueRange.map { bytes[$0] } ?? bytes
        return try convert(value, from: resolution.cid.codec, to: codec, access: access)
    }
}
