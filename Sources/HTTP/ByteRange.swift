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

    /// Joins runs that touch or overlap, in order of their offsets.
    package static func merged(_ ranges: [ByteRange]) -> [ByteRange] {
        var result: [ByteRange] = []
        for range in ranges.sorted(by: { ($0.offset, $0.count) < ($1.offset, $1.count) }) {
            if let last = result.last, range.offset <= last.end {
                let end = max(last.end, range.end)
                result[result.count - 1] = ByteRange(
                    offset: last.offset, count: end - last.offset)
            } else {
                result.append(range)
            }
        }
        return result
    }
}
