package import Multiformats

extension Multicodec {
    /// Whether blocks of this codec can have links that the cursors find.
    package var mayHaveLinks: Bool { self == .dagPB || self == .dagCBOR || self == .dagJSON }
}
