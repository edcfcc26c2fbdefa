import Multiformats

/// Content whose shape is what is wrong with it.
extension HostileContent {
    mutating func shape(_ depth: Int) -> Node {
        switch choices.below(6) {
        case 0: chain()
        case 4: staircase()
        case 1: wide(depth)
        case 2: missing()
        case 3: link(inside: node(depth: depth - 1))
        default: doll(depth)
        }
    }

    /// Blocks that each link to the next.
    private mutating func chain() -> Node {
        var below = leaf()
        for index in 0..<choices.pick([3, 10, 33, 63, 64, 65, 100]) {
            if index % 2 == 0 {
                var wire = Wire()
                wire.appendHead(4, 1)
                wire.appendLink(below.cid)
                below = seal(.dagCBOR, wire.bytes)
            } else {
                let link = Link(node: below, name: Array("a".utf8), tsize: 1)
                below = seal(.dagPB, block([link], message(Fields(type: choices.pick([1, 2])))))
            }
        }
        return below
    }

    /// Files in files, each of which says that it stands far behind the start of the one above: every
    /// level is right by itself, and together they pass all numbers.
    mutating func staircase() -> Node {
        var below = leaf()
        let steps: [UInt64] = [(1 << 63) - 2, (1 << 62) - 1, 1 << 62, 1 << 31, 5]
        for _ in 0..<choices.pick([2, 3, 4, 8]) {
            let front = leaf()
            var fields = Fields(type: 2)
            fields.blockSizes = [
                features.contains(.sizes) ? choices.pick(steps) : front.byteCount, 1,
            ]
            fields.fileSize = fields.blockSizes[0] + 1
            let links = [front, below].map { Link(node: $0, name: [], tsize: 1) }
            below = seal(.dagPB, block(links, message(fields)), byteCount: fields.fileSize ?? 0)
        }
        return below
    }

    /// One block with many links.
    private mutating func wide(_ depth: Int) -> Node {
        let count = features.contains(.width) ? choices.pick([10, 200, 1_000, 8_000]) : 10
        let child = node(depth: depth - 1)
        var fields = Fields(type: choices.pick([1, 2]))
        if fields.type == 2 {
            fields.blockSizes = [UInt64](repeating: child.byteCount, count: count)
            fields.fileSize = fields.blockSizes.reduce(0) { $0 &+ $1 }
        }
        let isNamed = fields.type == 1
        let links = (0..<count).map { index in
            Link(node: child, name: isNamed ? Array("w\(index)".utf8) : [], tsize: 1)
        }
        return seal(.dagPB, block(links, message(fields)), byteCount: fields.fileSize ?? 0)
    }

    /// A CID whose block nobody has, with a digest of any length.
    private mutating func missing() -> Node {
        let digest = [UInt8](
            repeating: choices.byte(), count: choices.pick([32, 20, 0, 1, 64, 200]))
        let hash = choices.pick([0x12, 0x13, 0x1B, 0x1E, 0, 0x11, UInt64.max >> 1])
        let cid = Wire.cid(codec: choices.pick(Self.codecs), hash: hash, digest: digest)
        return Node(cid: cid, byteCount: choices.hostileSize())
    }

    /// A value that is nothing but a link.
    private mutating func link(inside node: Node) -> Node {
        var wire = Wire()
        if !features.contains(.bareLinks) { wire.appendHead(4, 1) }
        wire.appendLink(node.cid)
        return seal(.dagCBOR, wire.bytes)
    }

    /// Identity CIDs inside of identity CIDs, for as long as they fit.
    private mutating func doll(_ depth: Int) -> Node {
        var inner = node(depth: 0)
        for _ in 0..<choices.below(6) {
            if choices.oneIn(2) {
                var wire = Wire()
                if !features.contains(.bareLinks) { wire.appendHead(4, 1) }
                wire.appendLink(inner.cid)
                inner = seal(.dagCBOR, wire.bytes)
            } else {
                let link = Link(node: inner, name: Array("a".utf8), tsize: tsize(of: inner))
                inner = seal(.dagPB, block([link], message(Fields(type: choices.pick([1, 2])))))
            }
        }
        return inner
    }
}
