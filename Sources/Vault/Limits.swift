/// The limits of this module, together with the relations between them.
enum Limits {
    /// The shortest digest that proves anything; Kubo's minimum.
    static let digestByteCountMin = 20

    /// The longest digest, and the longest content of an identity CID; Kubo's maximum.
    static let digestByteCountMax = 128
}
