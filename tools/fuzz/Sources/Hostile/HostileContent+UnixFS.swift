import Multiformats

/// Files, folders and links.
extension HostileContent {
    /// The fields of a UnixFS message, as they are to be written.
    struct Fields {
        var type: UInt64
        var data: [UInt8]?
        var fileSize: UInt64?
        var blockSizes: [UInt64] = []
        var hashType: UInt64?
        var fanout: UInt64?

        init(type: UInt64) { self.type = type }
    }

    struct Link {
        let node: Node
        var name: [UInt8]?
        var tsize: UInt64?
    }

    mutating func file(_ depth: Int) -> Node {
        var fields = Fields(type: choices.oneIn(8) ? 0 : 2)
        if choices.oneIn(3) { fields.data = choices.bytes(upTo: 40) }
        // Mostly of parts that a file may have.
        let children = (0..<choices.pick([1, 2, 3, 0, 5])).map { _ in
            depth > 1 && choices.oneIn(3)
                ? file(depth - 1) : choices.oneIn(2) ? leaf() : node(depth: depth - 1)
        }
        fields.blockSizes = children.map { child in
            lies() ? choices.hostileSize() : child.byteCount
        }
        let inline = UInt64(fields.data?.count ?? 0)
        let sum = fields.blockSizes.reduce(inline) { $0 &+ $1 }
        if lies() { fields.blockSizes.append(choices.hostileSize()) }
        fields.fileSize = lies() ? choices.hostileSize() : sum
        if choices.oneIn(16) { fields.fileSize = nil }
        let links = children.map { Link(node: $0, name: [], tsize: tsize(of: $0)) }
        return seal(.dagPB, block(links, message(fields)), byteCount: fields.fileSize ?? sum)
    }

    mutating func folder(_ depth: Int) -> Node {
        var links = (0..<choices.pick([1, 2, 3, 0, 6])).map { _ in entry(depth) }
        // A name twice, once as a folder and once as a link, say.
        if choices.oneIn(8), let first = links.first {
            links.append(Link(node: node(depth: depth - 1), name: first.name, tsize: first.tsize))
        }
        if !choices.oneIn(4) {
            links.sort { ($0.name ?? []).lexicographicallyPrecedes($1.name ?? []) }
        }
        var fields = Fields(type: 1)
        if lies() { fields.fileSize = choices.hostileSize() }
        return seal(.dagPB, block(links, message(fields)), byteCount: lies() ? 1 : 0)
    }

    mutating func entry(_ depth: Int) -> Link {
        let child = node(depth: depth - 1)
        return Link(
            node: child, name: choices.oneIn(16) ? nil : entryName(), tsize: tsize(of: child))
    }

    mutating func symlink() -> Node {
        var fields = Fields(type: 4)
        fields.data = choices.oneIn(4) ? Array("../../../tmp/x".utf8) : entryName()
        if lies() { fields.fileSize = choices.hostileSize() }
        return seal(.dagPB, block([], message(fields)), byteCount: lies() ? 9 : 0)
    }

    mutating func tsize(of node: Node) -> UInt64? {
        if choices.oneIn(8) { return nil }
        return lies() ? choices.hostileSize() : node.byteCount &+ 20
    }

    /// The UnixFS message, with a mode and a time sometimes.
    mutating func message(_ fields: Fields) -> [UInt8] {
        var wire = Wire()
        wire.append(field: 1, number: lies() ? choices.hostileSize() : fields.type)
        if let data = fields.data { wire.append(field: 2, data) }
        if let size = fields.fileSize { wire.append(field: 3, number: size) }
        for size in fields.blockSizes { wire.append(field: 4, number: size) }
        if let hashType = fields.hashType { wire.append(field: 5, number: hashType) }
        if let fanout = fields.fanout { wire.append(field: 6, number: fanout) }
        if choices.oneIn(4) {
            let modes: [UInt64] = [0o644, 0o7777, 0, 0o100_644, 1 << 31, .max]
            wire.append(field: 7, number: choices.pick(modes))
        }
        if choices.oneIn(3), features.contains(.times) { wire.append(field: 8, time()) }
        return wire.bytes
    }

    private mutating func time() -> [UInt8] {
        var wire = Wire()
        if !choices.oneIn(16) {
            wire.append(field: 1, number: UInt64(bitPattern: choices.hostileSeconds()))
        }
        if choices.oneIn(2) { wire.append(field: 2, fixed: choices.hostileNanoseconds()) }
        return wire.bytes
    }

    /// A dag-pb block; sometimes with its fields in the other order, or with something behind them.
    mutating func block(_ links: [Link], _ data: [UInt8]?) -> [UInt8] {
        var wire = Wire()
        for link in links {
            var inner = Wire()
            inner.append(field: 1, link.node.cid)
            if let name = link.name { inner.append(field: 2, name) }
            if let tsize = link.tsize { inner.append(field: 3, number: tsize) }
            wire.append(field: 2, inner.bytes)
        }
        guard let data else { return wire.bytes }
        var last = Wire()
        last.append(field: 1, data)
        if choices.oneIn(32) { return last.bytes + wire.bytes }
        return wire.bytes + last.bytes + (choices.oneIn(64) ? choices.bytes(upTo: 4) : [])
    }
}
