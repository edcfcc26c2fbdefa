import Buffers

/// Paths without a look at the disk: what Go's `path` package does with them.
enum PathBytes {
    /// The shortest path that means the same: no `.`, no doubled slash, `..` taken back.
    static func cleaned(_ path: Bytes) -> Bytes {
        var segments: [Bytes] = []
        let isAbsolute = path.first == slash
        for segment in path.split(separator: slash) where segment != "." {
            if segment == "..", let last = segments.last, last != ".." {
                segments.removeLast()
            } else if segment != ".." || !isAbsolute {
                segments.append(segment)
            }
        }
        let joined = segments.joined(separator: "/")
        return isAbsolute ? Bytes("/").appending(joined) : (joined.isEmpty ? "." : joined)
    }

    /// The last segment.
    static func base(of path: Bytes) -> Bytes {
        path.split(separator: slash).last ?? (path.isEmpty ? "." : "/")
    }

    /// A name below a path.
    static func joined(_ path: Bytes, _ name: Bytes) -> Bytes {
        path.last == slash ? path.appending(name) : [path, name].joined(separator: "/")
    }

    private static let slash = UInt8(ascii: "/")
}
