/// A part of a file as `entity-bytes` names it: both ends belong to it, negative ends count from the
/// end of the file.
///
/// - Spec: IPFS Trustless Gateway, "`entity-bytes` (request query parameter)".
package struct ByteSpan: Hashable, Sendable {
    /// First byte; negative: that many before the end of the file, but not before its start.
    package let from: Int64
    /// Last byte; nil for the last one of the file; negative: that many before its end.
    package let to: Int64?

    /// A span whose numbers have been read already.
    ///
    /// - Parameters:
    ///   - from: first byte.
    ///   - to: last byte, or nil.
    package init(from: Int64, to: Int64?) {
        self.from = from
        self.to = to
    }

    /// The whole file.
    package static let all = ByteSpan(from: 0, to: nil)

    /// The bytes of the span in a file of a known size.
    ///
    /// - Parameter size: bytes in the file.
    /// - Returns: nil when the span has no byte of the file. For an empty file `0:*` is an empty
    ///   range.
    package func range(inFileOf size: UInt64) -> Range<UInt64>? {
        let size = Int64(clamping: size)
        let first = from >= 0 ? from : max(0, size + from)
        let last =
            switch to {
            case nil: size - 1
            case let to? where to >= 0: min(to, size - 1)
            case let to?: size + to
            }
        if size == 0, first == 0, to == nil { return 0..<0 }
        guard first <= last, first < size else { return nil }
        return UInt64(first)..<UInt64(last) + 1
    }
}
