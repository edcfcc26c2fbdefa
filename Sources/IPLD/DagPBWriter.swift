package import Buffers
import Multiformats

/// Encodes a dag-pb block link by link, for who keeps no list of its links.
///
/// Who adds up what the links take knows whether the block is within its limit before there is any of
/// it.
///
/// - Spec: ipld dag-pb, canonical form: links first, then data.
package struct DagPBWriter: ~Copyable {
    private var writer: ByteWriter

    /// Starts a block.
    ///
    /// - Parameter byteCount: what its links and its data take in all.
    package init(byteCount: Int) { writer = ByteWriter(capacity: byteCount) }

    /// What a link takes of the block.
    package static func byteCount(of link: DagPBLink) -> Int {
        DagPBNode.chunkCount(link.encodedCount)
    }

    /// What the data take of the block; nothing where the field is absent.
    package static func byteCount(ofData data: Bytes?) -> Int {
        data.map { DagPBNode.chunkCount($0.count) } ?? 0
    }

    /// What a link is in the block.
    package static func encode(_ link: DagPBLink) -> Bytes {
        var writer = DagPBWriter(byteCount: byteCount(of: link))
        writer.append(link)
        return writer.finish(data: nil)
    }

    /// Appends a link.
    package mutating func append(_ link: DagPBLink) {
        writer.append(0x12)
        writer.appendVarint(UInt64(link.encodedCount))
        link.write(to: &writer)
    }

    /// Appends links that `encode` has made, one behind the other.
    package mutating func append(encodedLinks links: [UInt8]) { writer.append(links) }

    /// Ends the block.
    ///
    /// - Parameter data: the payload; nil leaves the field out.
    package consuming func finish(data: Bytes?) -> Bytes {
        if let data {
            writer.append(0x0a)
            writer.appendVarint(UInt64(data.count))
            writer.append(data)
        }
        return writer.finish()
    }
}
