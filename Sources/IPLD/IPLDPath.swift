package import Buffers
package import Multiformats

/// Steps through the value that a block holds until the path ends, a link is met, or a key is
/// missing. The value is never made: the walk is over the block's bytes.
package enum IPLDPath {
    /// Where a walk inside one value ended.
    package enum Step: Hashable, Sendable {
        /// A link, with how many segments were used to get there; 0 when the value itself is one.
        case link(CID, used: Int)
        /// The path ended at the value that these bytes of the block are; `IPLDCodec.decode` reads
        /// them by themselves.
        case value(Range<Int>)
        /// Segment number `index` names nothing here.
        case missing(index: Int)
    }

    /// Walks map keys and decimal list indexes; a segment is compared by its bytes, and of a key
    /// that is there twice the first counts. Checks the whole block.
    ///
    /// - Parameters:
    ///   - segments: the path that is left.
    ///   - block: dag-cbor, dag-json, cbor or json; others are one value that has nothing inside.
    /// - Returns: where it ended; a link as the last value is a link.
    /// - Throws: what the codec throws.
    package static func step(
        _ segments: some Collection<Bytes>, in block: Block
    ) throws(IPLDError) -> Step {
        guard let walk = IPLDWalk(block.bytes, as: block.cid.codec) else {
            return segments.isEmpty ? .value(0..<block.bytes.count) : .missing(index: 0)
        }
        var search = PathSearch(Array(segments))
        return try search.run(walk)
    }
}
