/// A run of bytes of a representation, and the decision what a `Range` field asks for.
package struct ByteRange: Sendable, Hashable {
    /// Index of the first byte.
    package let offset: UInt64

    /// How many bytes: at least one, but for the whole of an empty representation.
    package let count: UInt64

    /// A run that lies inside the representation.
    ///
    /// - Parameters:
    ///   - offset: index of the first byte.
    ///   - count: zero for the whole of an empty representation only.
    package init(offset: UInt64, count: UInt64) {
        self.offset = offset
        self.count = count
    }

    /// Index behind the last byte.
    package var end: UInt64 { offset + count }

    /// The value of `Content-Range` for a representation of `size` bytes; not for a run of none.
    package func contentRange(of size: UInt64) -> String { "bytes \(offset)-\(end - 1)/\(size)" }

    /// The value of `Content-Range` for a 416.
    package static func unsatisfiedContentRange(of size: UInt64) -> String { "bytes */\(size)" }
}
