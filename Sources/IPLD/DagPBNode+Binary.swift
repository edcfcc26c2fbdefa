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
        var links: [DagPBLink] = []
        data = try Self.scan(bytes) { links.append($0) }
        self.links = links
    }

    /// Decodes a block that was checked; it is known how many links there are.
    init(_ view: DagPBView) throws(IPLDError) {
        var links: [DagPBLink] = []
        links.reserveCapacity(view.linkCount)
        data = try Self.scan(view.bytes) { links.append($0) }
        self.links = links
    }

    /// Checks a block and shows its links in stored order.
    ///
    /// - Parameters:
    ///   - bytes: the block.
    ///   - show: is given each link.
    /// - Returns: the data field.
    /// - Throws: `.malformed`, in the words of go-codec-dagpb.
    @inline(__always)
    static func scan(
        _ bytes: Bytes, _ show: (DagPBLink) -> Void
    ) throws(IPLDError) -> Bytes? {
        try bytes.withByteSpan { (memory) throws(IPLDError) in
            var fields = ProtobufFields(in: 0..<bytes.count)
            var data: Bytes?
            var (hasLinks, areLinksComplete) = (false, false)
            while !fields.isAtEnd {
                let tag = try fields.readTag(memory)
                guard tag.wire == 2, tag.field == 1 || tag.field == 2
                else { throw .protobuf("(PBNode) \(tag.refusal(expecting: "1 or 2"))") }
                let chunk = try fields.readChunk(memory)
                if tag.field == 1 {
                    guard data == nil else { throw .protobuf("(PBNode) duplicate Data section") }
                    data = bytes[chunk]
                    areLinksComplete = hasLinks
                } else {
                    guard !areLinksComplete else {
                        throw .protobuf("(PBNode) duplicate Links section")
                    }
                    hasLinks = true
                    show(try DagPBLink(decoding: chunk, of: bytes, memory))
                }
            }
            return data
        }
    }

    /// The canonical block: links first, then data. Links keep their order.
    package func encode() -> Bytes {
        var writer = DagPBWriter(byteCount: encodedCount)
        for link in links { writer.append(link) }
        return writer.finish(data: data)
    }

    /// How long `encode` is.
    package var encodedCount: Int {
        var count = DagPBWriter.byteCount(ofData: data)
        for link in links { count += DagPBWriter.byteCount(of: link) }
        return count
    }

    /// A field with a one-byte tag and a length.
    static func chunkCount(_ length: Int) -> Int {
        1 + Varint.byteCount(of: UInt64(length)) + length
    }
}
