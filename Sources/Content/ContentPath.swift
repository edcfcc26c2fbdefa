package import Buffers
package import Multiformats

/// The path of content below an immutable root: a CID and the names that lead on from there.
///
/// Names are bytes, because link names are. Percent-encoding is the business of HTTP: what comes in
/// here is decoded already.
package struct ContentPath: Hashable, Sendable {
    /// The CID at the start.
    package let root: CID
    /// The CID as its author wrote it; results that repeat it keep the spelling.
    package let rootText: String
    /// The names after the CID, cleaned: none is empty, `.` or `..`.
    package let segments: [Bytes]

    /// A path whose parts are known.
    ///
    /// - Parameters:
    ///   - root: where it starts.
    ///   - rootText: how the author spelt the root; nil for the usual text.
    ///   - segments: names that need no cleaning.
    package init(root: CID, rootText: String? = nil, segments: [Bytes] = []) {
        self.root = root
        self.rootText = rootText ?? root.text()
        self.segments = segments
    }

    /// Reads what a person or a client writes for a path: a CID, `<cid>/a/b`, `/ipfs/<cid>/a/b`,
    /// `ipfs://<cid>/a/b` or `ipfs:<cid>/a/b`.
    ///
    /// - Throws: `.invalidPath`; `.unresolvableName` for `/ipns/` and its relatives.
    package init(parsing text: String) throws(ContentError) {
        let whole = Self.withoutScheme(text)
        let parts = whole.utf8.split(separator: UInt8(ascii: "/")).map { Bytes(Array($0)) }
        guard let first = parts.first else { throw Self.invalid(text, Self.tooShort) }
        if whole.utf8.first == UInt8(ascii: "/") {
            try self.init(namespaced: parts, of: text)
            return
        }
        do {
            try self.init(rootSegment: first, rest: parts.dropFirst(), of: text)
        } catch let error where error.code == .invalidPath && parts.count == 1 {
            // Kubo reports why the text is no path, not why it is no CID.
            throw Self.invalid(text, Self.tooShort)
        }
    }

    /// Cleans segments as they come from a URL or a path: drops empty ones and `.`, follows `..`.
    ///
    /// - Parameters:
    ///   - raw: segments after the root, in order.
    ///   - text: the whole path, for the message.
    /// - Returns: names only.
    /// - Throws: `.invalidPath` when `..` would remove the root, or there are too many segments.
    package static func cleaned(
        _ raw: some Sequence<Bytes>, of text: String
    ) throws(ContentError) -> [Bytes] {
        var names: [Bytes] = []
        for segment in raw {
            if segment.isEmpty || segment == dot { continue }
            guard segment == dotDot else {
                names.append(segment)
                continue
            }
            guard names.popLast() != nil else {
                throw invalid(text, "the path leads out of its root")
            }
        }
        guard names.count <= Limits.pathSegmentsMax else {
            throw invalid(text, "the path has more than \(Limits.pathSegmentsMax) segments")
        }
        return names
    }

    /// The segments as text; bytes that are not UTF-8 are replaced.
    package var segmentTexts: [String] { segments.map(\.displayText) }

    /// The whole path with its namespace: `/ipfs/<root>/a/b`.
    package var text: String {
        segments.reduce(into: "/ipfs/" + rootText) { text, segment in
            text += "/" + segment.displayText
        }
    }

    private init(namespaced parts: [Bytes], of text: String) throws(ContentError) {
        guard parts.count >= 2 else { throw Self.invalid(text, Self.tooShort) }
        switch parts[0].displayText {
        case "ipfs", "ipld":
            try self.init(rootSegment: parts[1], rest: parts.dropFirst(2), of: text)
        case "ipns":
            throw ContentError(.unresolvableName, "could not resolve name")
        case let other:
            throw Self.invalid(text, "unknown namespace: \"\(other)\"")
        }
    }

    private init(
        rootSegment: Bytes, rest: ArraySlice<Bytes>, of text: String
    ) throws(ContentError) {
        let rootText = rootSegment.displayText
        let root: CID
        do {
            root = try CID(parsing: rootText)
        } catch {
            throw Self.invalid(text, "invalid cid: \(error.message)")
        }
        self.init(root: root, rootText: rootText, segments: try Self.cleaned(rest, of: text))
    }

    private static let dot = Bytes(utf8: ".")
    private static let dotDot = Bytes(utf8: "..")
    private static let tooShort = "path does not have enough components"

    private static func invalid(_ text: String, _ cause: String) -> ContentError {
        ContentError(.invalidPath, "invalid path \"\(text)\": \(cause)")
    }

    /// Turns `ipfs://x`, `ipfs:x` and the same with `ipns` into `/ipfs/x` and `/ipns/x`.
    private static func withoutScheme(_ text: String) -> String {
        for namespace in ["ipfs", "ipns"] {
            for scheme in [namespace + "://", namespace + ":"] where text.hasPrefix(scheme) {
                return "/" + namespace + "/" + text.dropFirst(scheme.count)
            }
        }
        return text
    }
}
