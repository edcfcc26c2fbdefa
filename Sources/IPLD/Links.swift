import Buffers
package import Multiformats

/// The links of blocks as lists; cursors give them without one.
package enum Links {
    /// Whether blocks of a codec can have links that this module finds.
    package static func mayHaveLinks(_ codec: Multicodec) -> Bool {
        codec == .dagPB || codec == .dagCBOR || codec == .dagJSON
    }

    /// The links of a block in stored order, with repetitions.
    ///
    /// - Throws: what the codec throws; codecs without links, and unknown ones, give none.
    package static func links(in block: Block) throws(IPLDError) -> [CID] {
        var found: [CID] = []
        if block.cid.codec == .dagPB {
            _ = try DagPBNode.scan(block.bytes) { found.append($0.cid) }
            return found
        }
        var cursor = try LinkCursor(block)
        while let cid = cursor.next() { found.append(cid) }
        return found
    }

    /// The links with names, as `NamedLinkCursor` gives them, broken UTF-8 repaired.
    ///
    /// - Throws: as `links`.
    package static func namedLinks(
        in block: Block
    ) throws(IPLDError) -> [(name: String, cid: CID)] {
        var found: [(name: String, cid: CID)] = []
        var cursor = try NamedLinkCursor(block)
        while let cid = cursor.next() {
            found.append((name: String(decoding: cursor.name.array, as: UTF8.self), cid: cid))
        }
        return found
    }
}
