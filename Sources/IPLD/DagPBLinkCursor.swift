package import Buffers
import Multiformats

/// The links of a dag-pb block that was checked before, one after the other. Takes no memory besides
/// the block, and may be left and taken up again by its position.
package struct DagPBLinkCursor: Sendable {
    private let bytes: Bytes

    /// Where the search for the next link begins, in bytes of the block.
    package private(set) var position: Int

    /// Starts at a place where another cursor over the same block stood.
    ///
    /// - Parameters:
    ///   - bytes: a block that `DagPBView` has accepted.
    ///   - position: 0, or what `position` was.
    package init(_ bytes: Bytes, resumingAt position: Int) {
        self.bytes = bytes
        self.position = max(0, min(position, bytes.count))
    }

    /// Bytes of the block that it keeps.
    package var byteCount: Int { bytes.count }

    /// A cursor over the same block that stands where another one stood.
    package func moved(to position: Int) -> DagPBLinkCursor {
        DagPBLinkCursor(bytes, resumingAt: position)
    }

    /// The next link; nil at the end.
    package mutating func next() -> DagPBLink? {
        var (link, end) = (DagPBLink?.none, bytes.count)
        bytes.withByteSpan { memory in
            var fields = ProtobufFields(in: position..<bytes.count)
            while !fields.isAtEnd, let tag = try? fields.readTag(memory), tag.wire == 2,
                let chunk = try? fields.readChunk(memory)
            {
                guard tag.field == 2 else { continue }
                link = try? DagPBLink(decoding: chunk, of: bytes, memory)
                end = chunk.upperBound
                return
            }
        }
        position = end
        return link
    }
}
