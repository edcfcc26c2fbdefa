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
        switch block.cid.codec {
        case .dagPB: try DagPBNode(decoding: block.bytes).links.map(\.cid)
        case .dagCBOR, .dagJSON: try value(of: block).links
        default: []
        }
    }

    /// The links with names: dag-pb link names, or for the others the path inside the block.
    ///
    /// - Throws: as `links`.
    package static func namedLinks(
        in block: Block
    ) throws(IPLDError) -> [(name: String, cid: CID)] {
        switch block.cid.codec {
        case .dagPB:
            return try DagPBNode(decoding: block.bytes).links.map { (name: $0.name, cid: $0.cid) }
        case .dagCBOR, .dagJSON:
            var found: [(name: String, cid: CID)] = []
            try value(of: block).forEachLink(below: "") { found.append((name: $0, cid: $1)) }
            return found
        default: return []
        }
    }

    private static func value(of block: Block) throws(IPLDError) -> IPLDValue {
        try IPLDCodec.decode(block.bytes, as: block.cid.codec, .reading)
    }
}

extension IPLDValue {
    /// All links inside, in order, with repetitions.
    package var links: [CID] {
        var found: [CID] = []
        appendLinks(to: &found)
        return found
    }

    private func appendLinks(to found: inout [CID]) {
        switch self {
        case .link(let cid): found.append(cid)
        case .list(let list): for value in list { value.appendLinks(to: &found) }
        case .map(let entries): for entry in entries { entry.value.appendLinks(to: &found) }
        default: break
        }
    }

    /// Shows every link with its path, segments joined by slashes.
    fileprivate func forEachLink(below path: String, _ body: (String, CID) -> Void) {
        func below(_ segment: String) -> String { path.isEmpty ? segment : path + "/" + segment }
        switch self {
        case .link(let cid): body(path, cid)
        case .list(let list):
            for (index, value) in list.enumerated() {
                value.forEachLink(below: below("\(index)"), body)
            }
        case .map(let entries):
            for entry in entries { entry.value.forEachLink(below: below(entry.key), body) }
        default: break
        }
    }
}
