/// What the bytes of a block mean: a number of the multicodec table.
///
/// Any number is legal; `name` is nil for those that the table here does not have.
package struct Multicodec: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt64

    @inline(__always)
    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Plain bytes.
    package static let raw = Multicodec(rawValue: 0x55)
    /// MerkleDAG protobuf, the codec of UnixFS.
    package static let dagPB = Multicodec(rawValue: 0x70)
    /// Canonical CBOR with links.
    package static let dagCBOR = Multicodec(rawValue: 0x71)
    /// The public key of a peer.
    package static let libp2pKey = Multicodec(rawValue: 0x72)
    /// JSON with links.
    package static let dagJSON = Multicodec(rawValue: 0x0129)
    /// JSON without links.
    package static let json = Multicodec(rawValue: 0x0200)
    /// CBOR without links.
    package static let cbor = Multicodec(rawValue: 0x51)
}

extension Multicodec: CustomStringConvertible {
    /// The name, or `Code(<n>)` as go-multicodec writes numbers that it does not know.
    package var description: String { name ?? "Code(\(rawValue))" }
}
