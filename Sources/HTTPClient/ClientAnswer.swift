package import Buffers
package import HTTP

/// An answer that was kept whole.
package struct ClientAnswer: Sendable {
    package let status: Status
    package let fields: Fields
    /// All of it, without the chunked framing.
    package let body: Bytes

    /// What came behind a chunked body.
    package let trailers: Fields
}
