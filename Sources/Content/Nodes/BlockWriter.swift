import BlockStore
package import Buffers
package import Multiformats
import Vault

/// Stores blocks that clients bring as they are, one after the other, with one wait for the disk at
/// the end: `block put`, `dag put`.
///
/// The bytes are not checked against the codec. Not `Sendable`.
package final class BlockWriter {
    /// How blocks become CIDs.
    package struct Naming: Sendable, Hashable {
        /// Version 0 only for dag-pb with sha2-256.
        package var version = CID.Version.v1
        /// What the bytes are.
        package var codec = Multicodec.raw
        /// The hash of the bytes.
        package var hash = MultihashCode.sha2_256
        /// Bytes of the digest to keep; nil for all.
        package var digestByteCount: Int?

        /// Raw blocks with sha2-256.
        package init() {}
    }

    private let access: ContentAccess
    private let allowsBigBlocks: Bool
    private let appender: Appender
    private var cids: [CID] = []
    /// Whether the block that was put last is a large one.
    private var hasLarge = false
    /// For their names: there are as many as the client has blocks.
    private let memory: StateShare

    /// Opens a run of blocks.
    ///
    /// - Parameters:
    ///   - access: where the blocks go, and who asks.
    ///   - allowsBigBlocks: whether blocks over 2 MiB are taken.
    package init(_ access: ContentAccess, allowsBigBlocks: Bool = false) {
        self.access = access
        self.allowsBigBlocks = allowsBigBlocks
        memory = access.makeEntryShare()
        appender = access.library.store.makeAppender(by: access.context.deadline)
    }

    /// Sees to it that the name of the next block can be remembered without a wait. To be called before there
    /// is memory for the block: others wait for that.
    ///
    /// - Throws: `.overloaded`, and as `RequestContext.check()`.
    package func makeRoom() throws(ContentError) { try memory.makeRoom {} }

    /// Hashes and stores one block. It is durable after `finish`.
    ///
    /// - Parameters:
    ///   - bytes: the block.
    ///   - naming: how it becomes a CID.
    /// - Returns: the CID.
    /// - Throws: `.blockTooLarge`, checked before anything is stored; `.invalidArgument` for a hash
    ///   that cannot be used; `.storage`, `.tooMuchMemory`, `.overloaded`.
    package func put(_ bytes: Bytes, naming: Naming) throws(ContentError) -> CID {
        let limit = allowsBigBlocks ? Limits.bigBlockBytesMax : Limits.blockBytesMax
        guard bytes.count <= limit else { throw .blockTooLarge(limit: limit) }
        let cid = try naming.cid(of: bytes).compacted()
        // The list grows by doubling.
        try memory.take(2 * MemoryLayout<CID>.stride + cid.outsideByteCount)
        if !cid.isIdentity {
            try appender.append(VerifiedBlock(cid: cid, alreadyHashed: bytes), as: cid)
            hasLarge = bytes.count > Limits.assembledBytesMax
        }
        cids.append(cid)
        return cid
    }

    /// Returns when a large block that was put last is on disk: the memory that the caller has taken for
    /// it covers it until then. The caller has let go of its bytes, which the store has twice meanwhile.
    ///
    /// - Throws: `.storage`, `.deadlineExceeded`.
    package func settleLarge() throws(ContentError) {
        guard hasLarge else { return }
        try appender.waitForDisk(by: access.context.deadline)
        hasLarge = false
    }

    /// Returns when all blocks of the run are on disk, and pinned if that is wanted.
    ///
    /// - Parameter pins: whether each block gets a recursive pin; the blocks below it must be here.
    /// - Throws: `.storage`, `.deadlineExceeded`; as `Pins.add`.
    package func finish(
        pins: Bool = false
    ) throws(ContentError) {
        try appender.waitForDisk(by: access.context.deadline)
        if pins { try Pins(access.library).add(cids, for: access.context) }
    }
}

extension BlockWriter.Naming {
    fileprivate func cid(of bytes: Bytes) throws(ContentError) -> CID {
        do {
            let whole = try HashFunction(code: hash).multihash(of: bytes)
            var multihash = whole
            if let digestByteCount, digestByteCount != whole.digestCount {
                multihash = try Self.shortened(whole, to: digestByteCount)
            }
            try HashFunctionPolicy.check(multihash)
            guard version == .v0 else { return .v1(codec, multihash) }
            guard codec == .dagPB, multihash.fitsVersion0 else {
                throw ContentError(.invalidArgument, "CIDv0 only supports sha2-256 and dag-pb")
            }
            return .v0(multihash)
        } catch let error as HashFunctionError {
            throw ContentError(.invalidArgument, error.message, cause: error)
        } catch {
            throw ContentError(error, in: nil)
        }
    }

    /// A digest without its end; the content of an identity multihash has none that could be left out.
    private static func shortened(
        _ whole: Multihash, to byteCount: Int
    ) throws(ContentError) -> Multihash {
        guard byteCount >= 0, byteCount < whole.digestCount else {
            throw ContentError(
                .invalidArgument,
                "requested length was too large for digest: \(byteCount) of "
                    + "\(whole.digestCount) bytes")
        }
        guard whole.code != .identity else {
            throw ContentError(
                .invalidArgument,
                "the length of the identity hash (\(byteCount)) must be equal to the length of the "
                    + "data (\(whole.digestCount))")
        }
        return Multihash(code: whole.code, digest: whole.digest.prefix(byteCount))
    }
}
