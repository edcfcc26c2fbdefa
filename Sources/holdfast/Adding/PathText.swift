/// Paths as texts, without a look at the disk: what Go's `path` package does with them.
enum PathText {
    /// The shortest path that means the same: no `.`, no doubled slash, `..` taken back.
    static func cleaned(_ path: String) -> String {
        var segments: [Substring] = []
        let isAbsolute = path.hasPrefix("/")
        for segment in path.split(separator: "/") where segment != "." {
            if segment == "..", let last = segments.last, last != ".." {
                segments.removeLast()
            } else if segment != ".." || !isAbsolute {
                segments.append(segment)
            }
        }
        let joined = segments.joined(separator: "/")
        return isAbsolute ? "/" + joined : (joined.isEmpty ? "." : joined)
    }

    /// The last segment.
    static func base(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? (path.isEmpty ? "." : "/")
    }
}
