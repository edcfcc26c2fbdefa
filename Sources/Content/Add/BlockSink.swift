import BlockStore
import Buffers
import Execution
import Multiformats
import UnixFS
import Vault

/// Where the blocks of one add go: to the store, or nowhere when only the CID is wanted.
///
/// One thread, as the store's appender.
final class BlockSink {
    private let hasher: BlockHasher
    private let appender: Appender?

    /// - Parameters:
    ///   - hasher: gives blocks their CIDs.
    ///   - library: where they go; nil stores nothing.
    ///   - deadline: ends waits for the store.
    init(hasher: BlockHasher, library: Library?, deadline: Deadline) {
        self.hasher = hasher
        appender = library?.store.makeAppender(by: deadline)
    }

    /// Hashes and stores an inner node or a folder on this thread.
    func seal(_ bytes: Bytes, _ codec: Multicodec) throws -> CID {
        let cid = try hasher.cid(of: bytes, codec: codec)
        try store(VerifiedBlock(cid: cid, alreadyHashed: bytes), cid)
        return cid
    }

    /// Stores a block that has its CID already.
    func store(_ block: VerifiedBlock, _ cid: CID) throws(ContentError) {
        guard let appender, !cid.isIdentity else { return }
        try appender.append(block, as: cid)
    }

    /// Returns when everything stored so far is on disk.
    func barrier(by deadline: Deadline) throws(ContentError) {
        try appender?.waitForDisk(by: deadline)
    }
}

/// Gives blocks their CIDs as the options of an add ask for it. Safe to use from every thread.
struct BlockHasher: Sendable {
    let options: ImportOptions
    private let function: HashFunction

    /// - Throws: `.invalidArgument` with Kubo's text for a hash that cannot be used.
    init(options: ImportOptions) throws(ContentError) {
        self.options = options
        do {
            function = try HashFunction(code: options.hash)
        } catch {
            throw ContentError(.invalidArgument, error.message, cause: error)
        }
    }

    func cid(of bytes: Bytes, codec: Multicodec) throws(ContentError) -> CID {
        do {
            return try options.cid(of: bytes, codec: codec, digest: function.multihash(of:))
        } catch {
            throw ContentError(.invalidArgument, "\(error)", cause: error)
        }
    }

    /// Makes the block of a leaf and hashes it.
    func seal(_ leaf: Leaf) -> Result<SealedLeaf, ContentError> {
        let encoded = leaf.encode()
        do throws(ContentError) {
            let cid = try cid(of: encoded.bytes, codec: encoded.codec)
            let block = VerifiedBlock(cid: cid, alreadyHashed: encoded.bytes)
            return .success(SealedLeaf(child: encoded.child(cid), block: block))
        } catch {
            return .failure(error)
        }
    }
}

/// A leaf with its name, on its way from the pool to the store.
struct SealedLeaf: Sendable {
    let child: Child
    let block: VerifiedBlock
}
