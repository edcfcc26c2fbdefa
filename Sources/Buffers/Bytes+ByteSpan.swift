extension Bytes {
    /// Lends the bytes as elements, for loops that look at each of them; the span must not outlive
    /// the call.
    @inline(__always)
    package func withByteSpan<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withSpan { (span) throws(Failure) in try body(unsafe span._unsafeView(as: UInt8.self)) }
    }
}
