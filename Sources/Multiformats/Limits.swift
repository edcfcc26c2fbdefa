/// The limits of this module, together with the relations between them.
package enum Limits {
    /// The longest varint of multiformats: nine bytes hold 63 bits.
    package static let varintBytesMax = 9
    /// The longest varint of protobuf: ten bytes hold 64 bits.
    package static let protobufVarintBytesMax = 10
    /// The longest digest of an identity CID (IPIP-512); boxo has the same.
    package static let identityDigestBytesMax = 128
    /// The longest digest that is read at all; keeps a hostile length from being believed.
    package static let digestBytesMax = 1024
    /// The longest CID text that is looked at; the longest that is legal, 128 bytes of identity in base2, has 1,065.
    package static let textBytesMax = 8192
    /// The longest text for bases without a power of two, whose decoding takes quadratic time.
    package static let quadraticTextBytesMax = 1 << 15
    /// The most bytes from outside that are written in such a base: their text in base10, the
    /// longest, has 29,593 characters and is still read.
    package static let quadraticBytesMax = 12 << 10
}
