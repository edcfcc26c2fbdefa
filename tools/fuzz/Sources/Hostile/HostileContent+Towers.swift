import Multiformats

/// Levels of nodes all of whose links lead to the one below: few blocks, and more paths through them
/// than anybody can walk.
extension HostileContent {
    mutating func tower(_ depth: Int) -> Node {
        guard features.contains(.towers) else { return leaf() }
        let bottom = choices.oneIn(4) ? node(depth: depth - 1) : leaf()
        let levels = 2 + choices.below(10)
        // A lie on one level would end the climb there.
        isTruthful = true
        defer { isTruthful = false }
        return switch choices.below(4) {
        case 0: shardTower(on: bottom, levels)
        case 1: fileTower(on: bottom, levels)
        case 2: folderTower(on: bottom, levels)
        default: valueTower(on: bottom, levels)
        }
    }

    /// Half of them without an entry anywhere: then nothing is ever found, however long somebody looks.
    private mutating func shardTower(on bottom: Node, _ levels: Int) -> Node {
        let fanout = choices.pick([8, 16, 256, 1_024])
        let full = [UInt8](repeating: 0xFF, count: fanout / 8)
        let isBarren = choices.oneIn(2)
        var below = bottom
        if isBarren {
            let none = [UInt8](repeating: 0, count: fanout / 8)
            below = seal(.dagPB, block([], shardMessage(none, fanout)))
        }
        for level in 0..<levels {
            let name = Array((level == 0 && !isBarren ? "x" : "").utf8)
            let links = (0..<fanout).map { slot in
                Link(node: below, name: Self.prefix(slot, of: fanout) + name, tsize: 1)
            }
            below = seal(.dagPB, block(links, shardMessage(full, fanout)))
        }
        return below
    }

    private mutating func fileTower(on bottom: Node, _ levels: Int) -> Node {
        var below = bottom
        for _ in 0..<levels {
            var fields = Fields(type: 2)
            fields.blockSizes = [UInt64](repeating: below.byteCount, count: 16)
            let sum = fields.blockSizes.reduce(0) { $0 &+ $1 }
            fields.fileSize = sum
            let links = [Link](repeating: Link(node: below, name: [], tsize: 1), count: 16)
            below = seal(.dagPB, block(links, message(fields)), byteCount: sum)
        }
        return below
    }

    private mutating func folderTower(on bottom: Node, _ levels: Int) -> Node {
        var below = bottom
        for _ in 0..<levels {
            let links = (0..<16).map { index in
                Link(node: below, name: Array(String(index, radix: 16).utf8), tsize: 1)
            }
            below = seal(.dagPB, block(links, message(Fields(type: 1))))
        }
        return below
    }

    private mutating func valueTower(on bottom: Node, _ levels: Int) -> Node {
        var below = bottom
        for _ in 0..<levels {
            var wire = Wire()
            wire.appendHead(4, 16)
            for _ in 0..<16 { wire.appendLink(below.cid) }
            below = seal(.dagCBOR, wire.bytes)
        }
        return below
    }
}
