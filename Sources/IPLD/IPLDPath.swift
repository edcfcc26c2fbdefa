package import Buffers
package import Multiformats

/// Steps through one value until the path ends, a link is met, or a key is missing.
package enum IPLDPath {
    /// Where a walk inside one value ended.
    package enum Step: Sendable {
        /// A link, with how many segments were used to get there; 0 when the value itself is one.
        case link(CID, used: Int)
        /// The path ended at this value.
        case value(IPLDValue)
        /// Segment number `index` names nothing here.
        case missing(index: Int)
    }

    /// Walks map keys and decimal list indexes; a segment is compared by its bytes.
    ///
    /// - Parameters:
    ///   - segments: the path that is left.
    ///   - value: where it starts.
    /// - Returns: where it ended.
    package static func step(_ segments: some Collection<Bytes>, in value: IPLDValue) -> Step {
        fatalError("not built yet")
    }
}
