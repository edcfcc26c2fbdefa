package import Buffers
import Execution
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
    ///   - use: gets the node in the other codec; the canonical form also when both are the same. Its
    ///     memory counts until this returns.
    /// - Throws: `.unsupportedCodec`, `.undecodable`, `.invalidArgument` for a value that the output
    ///   codec cannot express; `.tooMuchMemory`, `.overloaded`, as `RequestContext.check()`; what `use`
    ///   throws.
    package static func convert<Result>(
        _ bytes: Bytes, from input: Multicodec, to output: Multicodec, access: ContentAccess,
        _ use: (Bytes) throws -> Result
    ) throws -> Result {
        let (node, share) = try converted(bytes, from: input, to: output, access)
        defer { withExtendedLifetime(share) {} }
        return try use(node)
    }

    private static func converted(
        _ bytes: Bytes, from input: Multicodec, to output: Multicodec, _ access: ContentAccess
    ) throws(ContentError) -> (node: Bytes, share: BudgetShare) {
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
        return try converted(bytes, undecoded, from: input, to: output, access)
    }

    /// The memory for value and output is taken in one step: two who held some and wanted more would wait
    /// for each other. Most outputs are about as long as the input. One that is longer is begun again,
    /// with memory for four times as much, or with all that there is.
    private static func converted(
        _ bytes: Bytes, _ undecoded: UndecodedValue, from input: Multicodec,
        to output: Multicodec, _ access: ContentAccess
    ) throws(ContentError) -> (node: Bytes, share: BudgetShare) {
        let budget = access.library.decodingBudget
        var byteCountMax = 2 * bytes.count + (64 << 10)
        while true {
            // What is written into doubles as it grows.
            let wanted = undecoded.decodedByteCount + 2 * byteCountMax
            let share = BudgetShare(of: budget)
            try access.context.take(
                min(wanted, budget.limit), in: share, within: Limits.memoryWait,
                "the memory for decoding")
            let isAllThereIs = wanted >= budget.limit
            do {
                let node = try converted(
                    bytes, undecoded, from: input, to: output,
                    byteCountMax: isAllThereIs ? IPLD.Limits.encodedBytesMax : byteCountMax)
                return (node, share)
            } catch {
                guard error.code == .tooMuchMemory, !isAllThereIs else { throw error }
                byteCountMax *= 4
            }
        }
    }

    private static func converted(
        _ bytes: Bytes, _ undecoded: UndecodedValue, from input: Multicodec,
        to output: Multicodec, byteCountMax: Int
    ) throws(ContentError) -> Bytes {
        let value: IPLDValue
        do {
            // Names of links need not be texts, which the value form has.
            if input == .dagPB, output == .dagPB {
                return DagPBForm.ordered(try DagPBNode(decoding: bytes))
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
    /// - Throws: `.blockNotFound`, and as `convert`.
    package static func get<Result>(
        _ resolution: Resolution, as codec: Multicodec, access: ContentAccess,
        _ use: (Bytes) throws -> Result
    ) throws -> Result {
        let reader = access.makeReader()
        // The block counts for as long as it is read from.
        defer { withExtendedLifetime(reader) {} }
        let bytes = try reader.block(resolution.cid)
        let value = resolution.valueRange.map { bytes[$0] } ?? bytes
        return try convert(value, from: resolution.cid.codec, to: codec, access: access, use)
    }
}
