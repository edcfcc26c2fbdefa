/// The limits of this module, together with the relations between them.
package enum Limits {
    /// Bytes of the head of one part of a multipart body.
    package static let partHeadByteCountMax = 16 * 1_024

    /// Fields in the head of one part.
    package static let partFieldCountMax = 64

    /// Characters of a boundary (RFC 2046, 5.1.1).
    package static let boundaryByteCountMax = 70
}
