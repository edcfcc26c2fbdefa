package import Buffers

/// The name of a block: codec and multihash, in one of two versions.
///
/// Two CIDs are equal only when version, codec and multihash are; the store's keys are multihashes,
/// so CIDs of both versions reach the same block.
///
/// - Invariant: version 0 is dag-pb with a SHA2-256 digest of 32 bytes.
package struct CID: Hashable, Sendable {
    /// The two versions that exist.
    package enum Version: UInt8, Hashable, Sendable {
        case v0 = 0
        case v1 = 1
    }

    package let version: Version
    package let codec: Multicodec
    package let multihash: Multihash

    private init(unchecked version: Version, _ codec: Multicodec, _ multihash: Multihash) {
        self.version = version
        self.codec = codec
        self.multihash = multihash
    }

    /// Joins the three parts. For parts from outside use the throwing initialisers.
    ///
    /// - Parameters:
    ///   - version: version 0 only for dag-pb with SHA2-256 of 32 bytes; else it is our bug.
    ///   - codec: what the block's bytes are.
    ///   - multihash: their digest.
    package init(version: Version, codec: Multicodec, multihash: Multihash) {
        precondition(
            version == .v1 || (codec == .dagPB && multihash.fitsVersion0),
            "a version 0 CID is dag-pb with a SHA2-256 digest")
        self.init(unchecked: version, codec, multihash)
    }

    /// The version 0 CID of a dag-pb block; its digest must be SHA2-256 of 32 bytes.
    package static func v0(_ multihash: Multihash) -> CID {
        CID(version: .v0, codec: .dagPB, multihash: multihash)
    }

    /// The version 1 CID of a block.
    package static func v1(_ codec: Multicodec, _ multihash: Multihash) -> CID {
        CID(unchecked: .v1, codec, multihash)
    }

    /// The same block named in version 1.
    package var asV1: CID { CID(unchecked: .v1, codec, multihash) }

    /// The same block named in version 0, where that can be.
    package var asV0: CID? {
        guard codec == .dagPB, multihash.fitsVersion0 else { return nil }
        return CID(unchecked: .v0, codec, multihash)
    }

    /// Bytes that the digest takes beside the value itself; 0 for the usual ones.
    package var outsideByteCount: Int { multihash.digestCount == 32 ? 0 : multihash.digestCount }

    /// Whether the content stands in the CID itself.
    package var isIdentity: Bool { multihash.code == .identity }

    /// The content of an identity CID; nil for all others.
    package var identityContent: Bytes? { isIdentity ? multihash.digest : nil }
}

extension Multihash {
    /// Whether a CID of version 0 can carry it.
    package var fitsVersion0: Bool { code == .sha2_256 && digestCount == 32 }
}
