import Multiformats

/// Shards of large folders.
extension HostileContent {
    mutating func shard(_ depth: Int) -> Node {
        let fanout = choices.pick([16, 8, 256, 1_024])
        var slot = -1
        var links: [Link] = []
        var bitmap = [UInt8](repeating: 0, count: fanout / 8)
        for _ in 0..<choices.pick([1, 2, 4, 0]) {
            slot += 1 + choices.below(max(1, fanout / 4))
            guard slot < fanout else { break }
            bitmap[bitmap.count - 1 - slot / 8] |= 1 << UInt8(slot % 8)
            links.append(link(at: slot, of: fanout, depth))
        }
        return seal(.dagPB, block(links, shardMessage(bitmap, fanout)))
    }

    /// A value with its name behind the number of its slot, or one more shard without a name.
    private mutating func link(at slot: Int, of fanout: Int, _ depth: Int) -> Link {
        let prefix = Self.prefix(lies() ? choices.below(1_200) : slot, of: fanout)
        if choices.oneIn(3) {
            let child = choices.oneIn(4) ? node(depth: depth - 1) : shard(max(0, depth - 1))
            return Link(node: child, name: prefix, tsize: tsize(of: child))
        }
        let child = node(depth: depth - 1)
        return Link(node: child, name: prefix + entryName(), tsize: tsize(of: child))
    }

    static func prefix(_ slot: Int, of fanout: Int) -> [UInt8] {
        let digits = String(slot, radix: 16, uppercase: true)
        let width = String(fanout - 1, radix: 16).utf8.count
        return Array(
            (String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits).utf8)
    }

    mutating func shardMessage(_ bitmap: [UInt8], _ fanout: Int) -> [UInt8] {
        var fields = Fields(type: 5)
        fields.data = bitmap
        if lies() {
            fields.data = [UInt8](repeating: choices.pick([0xFF, 0, 1]), count: choices.below(130))
        }
        fields.hashType = lies() ? choices.hostileSize() : 0x22
        fields.fanout = lies() ? choices.hostileSize() : UInt64(fanout)
        return message(fields)
    }
}
