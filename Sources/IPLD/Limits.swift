/// The limits of this module, together with the relations between them.
package enum Limits {
    /// How deep values may nest; encoding recurses once per level and fits a 512 KiB stack.
    package static let depthMax = 128
    /// How deep the text of dag-json may nest where a level is the form of a link or of bytes.
    static let jsonDepthMax = depthMax + 2
    /// The most keys of open maps of a text that are remembered, where some are out of order. No text
    /// of 2 MiB has so many.
    static let jsonKeysMax = 1 << 19
    /// The most memory that one value may take when it is decoded, about. Nobody writes nodes like
    /// that: 24 MiB are 500,000 map entries. Larger blocks are still stored, served and walked.
    package static let treeBytesMax = 24 << 20
    /// The longest text or block that is made of a value: indentation alone makes 260 MiB of a block
    /// of 2 MiB. The largest block that is taken in fits.
    package static let encodedBytesMax = 32 << 20
    /// Bytes that are turned into base64 at a time: threes, so that the pieces of text join.
    static let base64PieceBytes = 3 << 10
    /// What the two lists of a place in a value take beside their elements.
    static let arraysOfPlaceBytes = 64
    /// Bytes of a message about content: a map key in it can be as long as its block.
    static let messageBytesMax = 1 << 10
    /// Bytes of a name in one.
    static let quotedNameBytesMax = 512
    /// The longest header of a CAR; 64 KiB hold over 1,500 roots.
    package static let carHeaderBytesMax = 1 << 20
    /// The most roots of a CAR: more CIDs with a digest than its longest header has room for, and
    /// fewer than it could have of very short ones, which take ten times the memory.
    package static let carRootsMax = 1 << 15
    /// The longest section (CID and block) of a CAR by default, as in go-car.
    package static let carSectionBytesMax = 8 << 20
}
