import IPLD
package import Multiformats

extension ContentError {
    /// The error for bytes that do not have the hash of their CID.
    static func damaged(_ block: Block) -> ContentError {
        ContentError(
            .damaged, "mismatch in content integrity, the block does not have the hash of its CID",
            cid: block.cid)
    }

    /// The error for a block over the limit; over 2 MiB in Kubo's words.
    ///
    /// - Parameters:
    ///   - cid: the block, where it is known.
    ///   - limit: bytes that a block may have.
    package static func blockTooLarge(
        _ cid: CID? = nil, limit: Int = Limits.blockBytesMax
    ) -> ContentError {
        guard limit == Limits.blockBytesMax else {
            return ContentError(
                .blockTooLarge,
                "produced block is over \(limit >> 20)MiB, the most that this node takes: consider "
                    + "using UnixFS for automatic chunking of bigger files", cid: cid)
        }
        return ContentError(
            .blockTooLarge,
            "produced block is over 2MiB: big blocks can't be exchanged with other peers. consider "
                + "using UnixFS for automatic chunking of bigger files, or pass "
                + "--allow-big-block to override", cid: cid)
    }

    /// The error with the block at which an import ended; not for faults that are not the archive's.
    func importing(at cid: CID) -> ContentError {
        guard code != .storage, !endsRequest else { return self }
        return prefixed("import failed at block \"\(cid.text())\": ")
    }
}
