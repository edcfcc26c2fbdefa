/// The limits of this module, together with the relations between them.
package enum Limits {
    /// How deep values may nest; decoding recurses once per level and fits a 512 KiB stack.
    package static let depthMax = 128
    /// How deep the text of dag-json may nest: a bytes value takes two more levels there.
    static let jsonDepthMax = depthMax + 2
    /// The longest header of a CAR; 64 KiB hold over 1,500 roots.
    package static let carHeaderBytesMax = 1 << 20
    /// The longest section (CID and block) of a CAR by default, as in go-car.
    package static let carSectionBytesMax = 8 << 20
}
