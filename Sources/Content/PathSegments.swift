package import Buffers

/// What stands between the slashes of a path, one after the other: a path of eight million slashes is no list of
/// eight million names.
package struct PathSegments: Sequence, IteratorProtocol {
    static let separator = UInt8(ascii: "/")

    private var rest: Bytes?
    private let keepsEmpty: Bool

    /// - Parameters:
    ///   - path: is kept by what comes of it.
    ///   - keepsEmpty: whether there is something between two slashes that stand side by side, before the first
    ///     and behind the last.
    package init(of path: Bytes, keepsEmpty: Bool = false) {
        rest = path
        self.keepsEmpty = keepsEmpty
    }

    package mutating func next() -> Bytes? {
        while let path = rest {
            let end = path.firstIndex(of: Self.separator)
            rest = end.map { path.dropFirst($0 + 1) }
            let segment = path.prefix(end ?? path.count)
            if keepsEmpty || !segment.isEmpty { return segment }
        }
        return nil
    }
}
