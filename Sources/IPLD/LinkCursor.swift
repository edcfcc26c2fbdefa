import Buffers
package import Multiformats

/// The links of one block in stored order, with repetitions, one after the other: no list of them and
/// no tree of values. Takes no memory besides the block, and may be left and taken up again by its
/// position. With the names of the links: `NamedLinkCursor`.
package struct LinkCursor: Sendable {
    private let codec: Multicodec
    private let bytes: Bytes

    /// Where the search for the next link begins, in bytes of the block.
    package private(set) var position: Int

    /// Checks a whole block and starts in front of its first link.
    ///
    /// dag-cbor need not be canonical. Codecs without links give none.
    ///
    /// - Throws: `.unsupported` for codecs that may have links and cannot be read here; what the codec throws:
    ///   `.malformed`, `.tooDeep`.
    package init(_ block: Block) throws(IPLDError) {
        try Self.check(block)
        self.init(block, resumingAt: 0)
    }

    /// Starts at a place where another cursor over the same block stood; nothing is checked.
    ///
    /// - Parameters:
    ///   - block: was checked before.
    ///   - position: 0, or what `position` was.
    package init(_ block: Block, resumingAt position: Int) {
        codec = block.cid.codec
        bytes = block.bytes
        self.position = max(0, min(position, block.bytes.count))
    }

    /// The next link; nil at the end.
    package mutating func next() -> CID? {
        switch codec {
        case .dagPB:
            var links = DagPBLinkCursor(bytes, resumingAt: position)
            defer { position = links.position }
            return links.next()?.cid
        case .dagCBOR: return nextInCBOR()
        case .dagJSON:
            var walk = JSONWalk(bytes, readsLinks: true)
            walk.index = position
            let link = walk.nextLink()
            position = link == nil ? bytes.count : walk.index
            return link
        default: return nil
        }
    }

    /// Whether a block is what it claims to be, as far as its links depend on it.
    static func check(_ block: Block) throws(IPLDError) {
        switch block.cid.codec {
        case .dagPB: _ = try DagPBNode.scan(block.bytes) { _ in }
        case .dagCBOR, .dagJSON:
            guard var walk = IPLDWalk(block.bytes, as: block.cid.codec) else { return }
            try walk.finish()
        case let codec where codec.mayHaveLinks: throw IPLDCodec.unsupported(codec, "decoder")
        default: return
        }
    }

    /// Items of CBOR follow each other whatever list or map they belong to, so the links are found
    /// from any place that an item begins at.
    private mutating func nextInCBOR() -> CID? {
        var reader = ByteReader(bytes.dropFirst(position))
        let start = position
        position = bytes.count
        while !reader.isAtEnd, let head = try? CBORHead(reading: &reader) {
            switch head.major {
            case .bytes, .text: guard (try? reader.read(head.number)) != nil else { return nil }
            case .tag:
                guard let inner = try? CBORHead(reading: &reader),
                    let link = try? reader.read(inner.number),
                    let cid = try? DagCBOR.cid(inLink: link)
                else { return nil }
                position = start + reader.offset
                return cid
            default: continue
            }
        }
        return nil
    }
}
