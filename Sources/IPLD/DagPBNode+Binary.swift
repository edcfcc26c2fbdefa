package import Buffers
import Multiformats

extension DagPBNode {
    /// Decodes a block; slices of it share its memory.
    ///
    /// Data may stand before, behind, but not between the links, as for go-codec-dagpb.
    ///
    /// - Throws: `.malformed`, in the words of go-codec-dagpb.
    /// - Spec: ipld dag-pb.
    package init(decoding bytes: Bytes) throws(IPLDError) {
        self.init()
        var reader = ByteReader(bytes)
        var areLinksComplete = false
        while !reader.isAtEnd {
            let tag = try reader.readTag()
            guard tag == ProtobufTag(field: 1, wire: 2) || tag == ProtobufTag(field: 2, wire: 2)
            else { throw .protobuf("(PBNode) \(tag.refusal(expecting: "1 or 2"))") }
            let chunk = try reader.readChunk()
            if tag.field == 1 {
                guard data == nil else { throw .protobuf("(PBNode) duplicate Data section") }
                data = chunk
                areLinksComplete = !links.isEmpty
            } else {
                guard !areLinksComplete else {
                    throw .protobuf("(PBNode) duplicate Links section")
                }
                links.append(try DagPBLink(decoding: chunk))
            }
        }
    }

    /// The canonical block: links first, then data. Links keep their order.
    package func encode() -> Bytes {
        var writer = ByteWriter(capacity: encodedCount)
        for link in links {
            writer.append(0x12)
            writer.appendVarint(UInt64(link.encodedCount))
            link.write(to: &writer)
        }
        if let data {
            writer.append(0x0a)
            writer.appendVarint(UInt64(data.count))
            writer.append(data)
        }
        return writer.finish()
    }

    /// How long `encode` is.
    package var encodedCount: Int {
        var count = data.map { Self.chunkCount($0.count) } ?? 0
        for link in links { count += Self.chunkCount(link.encodedCount) }
        return count
    }

    /// A field with a one-byte tag and a length.
    static func chunkCount(_ length: Int) -> Int {
        1 + Varint.byteCount(of: UInt64(length)) + length
    }
}
