package import Buffers
package import Multiformats

/// The links of one block in stored order with their names, one after the other. Keeps the block, the
/// path to the place in it where it stands, and in dag-json four bytes for each key of the maps around.
package struct NamedLinkCursor: Sendable {
    private enum Source: Sendable {
        case node(DagPBLinkCursor)
        case value(IPLDWalk)
        case none
    }

    /// A list or map around the place.
    private struct Level: Sendable {
        /// How long the path to it is.
        let byteCount: Int
        /// The number of the next value; nil in a map.
        var index: Int?
    }

    private var source: Source
    /// Of the last link of a node.
    private var nodeName = Bytes.empty
    private var path: [UInt8] = []
    private var levels: [Level] = []

    /// Checks a whole block and starts in front of its first link.
    ///
    /// - Throws: as `LinkCursor`.
    package init(_ block: Block) throws(IPLDError) {
        try LinkCursor.check(block)
        switch block.cid.codec {
        case .dagPB: source = .node(DagPBLinkCursor(block.bytes, resumingAt: 0))
        case .dagCBOR, .dagJSON:
            source = IPLDWalk(block.bytes, as: block.cid.codec).map { .value($0) } ?? .none
        default: source = .none
        }
    }

    /// The name of the link that was given last: of dag-pb the bytes of the link's name, empty where
    /// it has none; of the others the path inside the block, segments joined by slashes.
    ///
    /// - Complexity: the path is copied; it can be as long as the block.
    package var name: Bytes {
        if case .node = source { nodeName } else { Bytes(path) }
    }

    /// The next link; nil at the end.
    package mutating func next() -> CID? {
        switch source {
        case .none: return nil
        case .node(var links):
            let link = links.next()
            source = .node(links)
            nodeName = link?.nameBytes ?? .empty
            return link?.cid
        case .value(var walk):
            source = .none
            while let event = try? walk.next() {
                guard let cid = take(event) else { continue }
                source = .value(walk)
                return cid
            }
            return nil
        }
    }

    /// Moves on by one event; the path then leads to what the event is.
    private mutating func take(_ event: IPLDEvent) -> CID? {
        switch event {
        case .key(let key): enter(key.bytes)
        case .end: levels.removeLast()
        case .list:
            countValue()
            levels.append(Level(byteCount: path.count, index: 0))
        case .map:
            countValue()
            levels.append(Level(byteCount: path.count, index: nil))
        case .link(let cid):
            countValue()
            return cid
        default: countValue()
        }
        return nil
    }

    /// In a list the number is the segment; in a map the key was there before.
    private mutating func countValue() {
        guard let index = levels.last?.index else { return }
        levels[levels.count - 1].index = index + 1
        enter(Bytes(utf8: String(index)))
    }

    private mutating func enter(_ segment: Bytes) {
        path.removeLast(path.count - (levels.last?.byteCount ?? 0))
        if !path.isEmpty { path.append(UInt8(ascii: "/")) }
        segment.withByteSpan { for index in $0.indices { path.append($0[index]) } }
    }
}
