/// The limits of this module, together with the relations between them.
package enum Limits {
    /// Bytes of the head of one part of a multipart body.
    package static let partHeadByteCountMax = 16 * 1_024

    /// Fields in the head of one part.
    package static let partFieldCountMax = 64

    /// Digits of the size of a chunk: sizes up to 2^60, which no sum of bytes overflows.
    package static let chunkSizeDigitCountMax = 15

    /// Bytes of the extensions of one chunk. Nobody reads them; signatures of object stores, the
    /// longest that are in use, take 81.
    package static let chunkExtensionByteCountMax = 256

    /// Bytes of all trailers of a request, which nobody reads.
    package static let trailerByteCountMax = 4 * 1_024

    /// Types in `Accept`. Browsers name about ten.
    package static let acceptedTypeCountMax = 64

    /// Parameters of one type or disposition. Those that anybody knows are five.
    package static let parameterCountMax = 32

    /// Characters of a boundary (RFC 2046, 5.1.1).
    package static let boundaryByteCountMax = 70
}
