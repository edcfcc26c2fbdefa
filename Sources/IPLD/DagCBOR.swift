package import Buffers

/// CBOR with links as tag 42.
///
/// - Spec: ipld dag-cbor.
package enum DagCBOR {
    /// How much a reader insists on.
    package enum Strictness: Sendable {
        /// Canonical only: what encodes back to the same bytes.
        case canonical
        /// For walking through stored blocks: integers and lengths may be longer than needed, and
        /// keys in any order; tags other than 42 and indefinite lengths are refused all the same.
        case reading
    }

    /// Decodes a block.
    ///
    /// - Throws: `.malformed`, `.tooDeep`.
    package static func decode(
        _ bytes: Bytes, _ strictness: Strictness = .canonical
    ) throws(IPLDError) -> IPLDValue { fatalError("not built yet") }

    /// The canonical block of a value: keys sorted by length, then bytes.
    ///
    /// - Throws: `.form` for numbers that the codec does not have, `.tooDeep`.
    package static func encode(_ value: IPLDValue) throws(IPLDError) -> Bytes {
        fatalError("not built yet")
    }
}
