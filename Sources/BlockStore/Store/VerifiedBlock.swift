package import Buffers
package import Multiformats
package import Vault

/// A block whose bytes are known to have the hash that they are stored under.
///
/// The only thing that the store accepts: there is no way in for unchecked bytes.
package struct VerifiedBlock: Sendable {
    /// What the block is stored under.
    package let multihash: Multihash
    /// What the block was read or made as.
    package let codec: Multicodec
    /// The block.
    package let bytes: Bytes
    /// Whether it is known that the block, read as `codec`, has no links.
    package let hasNoLinks: Bool
    /// Whether it is known that the block, read as dag-pb, has no links, whatever `codec` is.
    let isPlainNode: Bool
    /// CRC-32C of the block, for the log. Taken here, so that many threads do it.
    let checksum: UInt32

    /// Hashes the bytes.
    ///
    /// - Parameters:
    ///   - bytes: the block.
    ///   - codec: what it is to be read as.
    ///   - function: hash function of the multihash.
    /// - Throws: when the function refuses the bytes (identity with more than 128).
    package init(
        hashing bytes: Bytes, codec: Multicodec, function: HashFunction
    ) throws(HashFunctionError) {
        let multihash = try function.multihash(of: bytes)
        self.init(multihash: multihash, codec: codec, bytes: bytes)
    }

    /// Checks bytes from outside against the CID that they are said to have.
    ///
    /// - Parameters:
    ///   - bytes: the block as it arrived.
    ///   - cid: what it is said to be.
    /// - Returns: nil when the hash is another, or is of a function that this node does not have.
    package init?(checking bytes: Bytes, against cid: CID) {
        guard let function = try? HashFunction(code: cid.multihash.code),
            function.verify(bytes, against: cid.multihash)
        else { return nil }
        self.init(multihash: cid.multihash, codec: cid.codec, bytes: bytes)
    }

    /// Takes a block whose CID was computed from these very bytes by the caller's own importer.
    ///
    /// - Parameters:
    ///   - cid: computed from the bytes.
    ///   - bytes: the block.
    package init(cid: CID, alreadyHashed bytes: Bytes) {
        self.init(multihash: cid.multihash, codec: cid.codec, bytes: bytes)
    }

    private init(multihash: Multihash, codec: Multicodec, bytes: Bytes) {
        self.multihash = multihash
        self.codec = codec
        self.bytes = bytes
        isPlainNode = Self.isPlainNode(bytes)
        hasNoLinks = codec == .raw || codec == .dagPB && isPlainNode
        var checksum = CRC32C()
        checksum.update(bytes)
        self.checksum = checksum.value
    }

    /// The same block, so that it keeps hardly more memory than its own while it waits: a small one
    /// is often a slice of the piece of an upload that it arrived in.
    func readyToWait() -> VerifiedBlock {
        let isSmall = bytes.count <= Limits.copiedBlockBytesMax
        return VerifiedBlock(
            self, multihash: multihash.compacted(), bytes: isSmall ? bytes.compacted() : bytes)
    }

    private init(_ block: VerifiedBlock, multihash: Multihash, bytes: Bytes) {
        self.multihash = multihash
        self.bytes = bytes
        codec = block.codec
        hasNoLinks = block.hasNoLinks
        isPlainNode = block.isPlainNode
        checksum = block.checksum
    }

    /// A dag-pb block has no links when its first and only field is Data.
    private static func isPlainNode(_ bytes: Bytes) -> Bool {
        if bytes.isEmpty { return true }
        var reader = ByteReader(bytes)
        guard (try? reader.readByte()) == 0x0a, let count = try? reader.readProtobufVarint() else {
            return false
        }
        return count == UInt64(reader.remaining)
    }
}
