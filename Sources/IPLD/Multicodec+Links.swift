package import Multiformats

extension Multicodec {
    /// Whether blocks of this codec can have links. True also where nobody here can read them: what such a block
    /// leads to is not known, which is not the same as that it leads to nothing.
    package var mayHaveLinks: Bool { !Self.withoutLinks.contains(self) }

    private static let withoutLinks: Set<Multicodec> = [.raw, .json, .cbor, .libp2pKey]
}
