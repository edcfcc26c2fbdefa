package import Buffers
import IPLD
package import Multiformats

/// Turns nodes from one codec into another, as `dag put` and `dag get` need it.
package enum NodeConversion {
    /// Reads a node in one codec and lends it in another.
    ///
    /// - Parameters:
    ///   - bytes: the node.
    ///   - input: what it is written in.
    ///   - output: what it is to be written in.
    ///   - access: who asks; its library has the memory for the decoded value.
    ///   - memory: of this conversion.
    ///   - use: gets the node in the other codec; the canonical form also when both are the same.
    /// - Returns: nil where there is no memory for it now: the caller lets go of the bytes, calls `wait()` of
    ///   the memory, and comes again.
    /// - Throws: `.unsupportedCodec`, `.undecodable`, `.invalidArgument` for a value that the output
    ///   codec cannot express; `.tooMuchMemory`, as `RequestContext.check()`; what `use` throws.
    package static func convert<Result>(
        _ bytes: Bytes, from input: Multicodec, to output: Multicodec, access: ContentAccess,
        in memory: inout ConversionMemory, _ use: (Bytes) throws -> Result
    ) throws -> Result? {
        try converted(bytes, from: input, to: output, access, in: &memory).map(use)
    }

    /// - Returns: nil where there is no memory for it now.
    private static func converted(
        _ bytes: Bytes, from input: Multicodec, to output: Multicodec, _ access: ContentAccess,
        in memory: inout ConversionMemory
    ) throws(ContentError) -> Bytes? {
        guard bytes.count <= Limits.nodeBytesMax else {
            throw ContentError(
                .blockTooLarge, "the node has more than \(Limits.nodeBytesMax) bytes")
        }
        try access.context.checkNow()
        let undecoded: UndecodedValue
        do {
            undecoded = try IPLDCodec.check(bytes, as: input, .reading)
        } catch {
            throw failure(error, otherwise: .undecodable)
        }
        guard memory.takeAtOnce(for: undecoded, of: bytes.count) else { return nil }
        do {
            return try converted(undecoded, to: output, byteCountMax: memory.outputBytesMax)
        } catch {
            guard error.code == .tooMuchMemory, memory.wantMore() else { throw error }
            return nil
        }
    }

    private static func converted(
        _ undecoded: UndecodedValue, to output: Multicodec, byteCountMax: Int
    ) throws(ContentError) -> Bytes {
        let value: IPLDValue
        do {
            // Names of links need not be texts, which the value form has.
            if output == .dagPB, let node = try undecoded.decodeNode() {
                return DagPBForm.ordered(node)
            }
            value = try undecoded.decode()
        } catch {
            throw ContentError(error, in: nil)
        }
        do {
            return try IPLDCodec.encode(value, as: output, byteCountMax: byteCountMax)
        } catch {
            throw failure(error, otherwise: .invalidArgument)
        }
    }

    private static func failure(
        _ error: IPLDError, otherwise usual: ContentError.Code
    ) -> ContentError {
        let code: ContentError.Code =
            switch error.code {
            case .unsupported: .unsupportedCodec
            case .tooLarge: .tooMuchMemory
            default: usual
            }
        return ContentError(code, error.message, cause: error)
    }

    /// The node, or the value inside of it, that a path leads to.
    ///
    /// - Parameters:
    ///   - resolution: the path, resolved.
    ///   - codec: what the answer is written in.
    ///   - access: where the block is, and who asks.
    ///   - use: gets the value in that codec, as from `convert`.
    /// - Throws: `.blockNotFound`, `.overloaded`, and as `convert`.
    package static func get<Result>(
        _ resolution: Resolution, as codec: Multicodec, access: ContentAccess,
        _ use: (Bytes) throws -> Result
    ) throws -> Result {
        var memory = ConversionMemory(access)
        while true {
            let result = try attempt(resolution, as: codec, access, in: &memory, use)
            if let result { return result }
            // Without the block.
            try memory.wait()
        }
    }

    /// - Returns: nil where there is no memory for it now.
    private static func attempt<Result>(
        _ resolution: Resolution, as codec: Multicodec, _ access: ContentAccess,
        in memory: inout ConversionMemory, _ use: (Bytes) throws -> Result
    ) throws -> Result? {
        let reader = access.makeReader()
        // The block counts for as long as it is read from.
        defer { withExtendedLifetime(reader) {} }
        let bytes = try reader.block(resolution.cid)
        let value = resolution.valueRange.map { bytes[$0] } ?? bytes
        return try convert(
            value, from: resolution.cid.codec, to: codec, access: access, in: &memory, use)
    }
}
