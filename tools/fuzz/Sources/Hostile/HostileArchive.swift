package import Buffers

/// A CAR of hostile content, and what may be wrong about the archive itself.
package enum HostileArchive {
    /// Writes the blocks of some content.
    ///
    /// - Parameters:
    ///   - content: what is inside.
    ///   - choices: decide what is wrong; mostly nothing.
    /// - Returns: the whole archive.
    package static func bytes(of content: HostileContent, _ choices: inout Choices) -> Bytes {
        let flaw = choices.below(24)
        var wire = Wire()
        appendHeader(roots(of: content, flaw), version: flaw == 1 ? 3 : 1, to: &wire)
        for (index, block) in content.blocks.enumerated() {
            var data = block.data
            if flaw == 2, index == 0, !data.isEmpty { data[0] ^= 1 }
            let count = UInt64(block.cid.count + data.count)
            wire.appendVarint(flaw == 3 ? choices.hostileSize() : count)
            wire.append(block.cid + data)
            if flaw == 4 { wire.appendVarint(0) }
        }
        if flaw == 5 { wire.append([0xFF, 0xFF]) }
        let bytes = Bytes(wire.bytes)
        return flaw == 6 ? bytes.prefix(choices.below(65_536)) : bytes
    }

    private static func roots(of content: HostileContent, _ flaw: Int) -> [[UInt8]] {
        switch flaw {
        case 7: []
        case 8: Array(repeating: content.roots[0], count: 300)
        default: content.roots
        }
    }

    private static func appendHeader(_ roots: [[UInt8]], version: UInt64, to wire: inout Wire) {
        var header = Wire()
        header.appendHead(5, 2)
        header.appendHead(3, 5)
        header.append("roots".utf8)
        header.appendHead(4, UInt64(roots.count))
        for root in roots { header.appendLink(root) }
        header.appendHead(3, 7)
        header.append("version".utf8)
        header.appendHead(0, version)
        wire.appendVarint(UInt64(header.bytes.count))
        wire.append(header.bytes)
    }
}
