package import Multiformats

/// The links of blocks, by codec.
package enum Links {
    /// Whether blocks of a codec can have links that this module finds.
    package static func mayHaveLinks(_ codec: Multicodec) -> Bool {
        codec == .dagPB || codec == .dagCBOR || codec == .dagJSON
    }

    /// The links of a block in stored order, with repetitions.
    ///
    /// - Throws: what the codec throws; codecs without links, and unknown ones, give none.
    package static func links(in block: Block) throws(IPLDError) -> [CID] {
        fatalError("not built yet")
    }

    /// The links with names: dag-pb link names, or for the others the path inside the block.
    ///
    /// - Throws: as `links`.
    package static func namedLinks(
        in block: Block
    ) throws(IPLDError) -> [(name: String, cid: CID)] { fatalError("not built yet") }
}
