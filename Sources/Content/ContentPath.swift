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
    /// `ipfs://<cid>/a/b` or `ipfs:<cid>/a/b`. Behind the CID it need not be UTF-8.
    ///
    /// - Throws: `.invalidPath`; `.unresolvableName` for `/ipns/` and its relatives.
    package init(parsing bytes: Bytes) throws(ContentError) {
        let text = bytes.displayText
        let whole = Self.withoutScheme(bytes)
        let parts = ByteParts(of: whole, separator: Self.slash)
        if whole.count > 0, whole[0] == Self.slash {
            try self.init(namespaced: parts, of: text)
            return
        }
        var rest = parts
        guard let first = rest.next() else { throw Self.invalid(text, Self.tooShort) }
        let isAlone = rest.first { _ in true } == nil
        do {
            try self.init(rootSegment: first, rest: rest, of: text)
        } catch let error where error.code == .invalidPath && isAlone {
            // Kubo reports why the text is no path, not why it is no CID.
            throw Self.invalid(text, Self.tooShort)
        }
    }

    /// Cleans segments as they come from a URL or a path: drops empty ones and `.`, follows `..`.
    ///
    /// - Parameters:
    ///   - raw: segments after the root, in order.
    ///   - text: the whole path, for the message.
    /// - Returns: names only, none of which keeps more than its own bytes.
    /// - Throws: `.invalidPath` when `..` would remove the root, or there are too many segments at once.
    package static func cleaned(
        _ raw: some Sequence<Bytes>, of text: String
    ) throws(ContentError) -> [Bytes] {
        var names: [Bytes] = []
        for segment in raw {
            if segment.isEmpty || segment == dot { continue }
            if segment == dotDot {
                guard names.popLast() != nil else {
                    throw invalid(text, "the path leads out of its root")
                }
                continue
            }
            guard names.count < Limits.pathSegmentsMax else {
                throw invalid(text, "the path has more than \(Limits.pathSegmentsMax) segments")
            }
            names.append(segment)
        }
        return names.map { $0.detached() }
    }

    /// The segments as text; bytes that are not UTF-8 are replaced.
    package var segmentTexts: [String] { segments.map(\.displayText) }

    /// The whole path with its namespace, for people: `/ipfs/<root>/a/b`.
    package var text: String {
        segments.reduce(into: "/ipfs/" + rootText) { text, segment in
            text += "/" + segment.displayText
        }
    }

    /// The whole path as it is, for what tells paths apart: two that are not UTF-8 may have the same
    /// text.
    package var bytes: Bytes {
        var writer = ByteWriter()
        writer.append(utf8: "/ipfs/" + rootText)
        for segment in segments {
            writer.append(utf8: "/")
            writer.append(segment)
        }
        return writer.finish()
    }

    /// Reads the parts of a path that begins with a namespace: `ipfs`, a CID, names. The one place
    /// where both surfaces learn what such a path means.
    ///
    /// - Parameters:
    ///   - parts: in order; those behind the CID are cleaned.
    ///   - text: the whole path, for the message.
    /// - Throws: `.invalidPath`; `.unresolvableName` for `ipns`.
    package init(namespaced parts: ByteParts, of text: String) throws(ContentError) {
        var parts = parts
        guard let namespace = parts.next(), let root = parts.next(), !root.isEmpty else {
            throw Self.invalid(text, Self.tooShort)
        }
        if namespace == Self.ipns {
            throw ContentError(.unresolvableName, "could not resolve name")
        }
        guard namespace == Self.ipfs || namespace == Self.ipld else {
            throw Self.invalid(text, "unknown namespace: \"\(namespace.displayText)\"")
        }
        try self.init(rootSegment: root, rest: parts, of: text)
    }

    private init(
        rootSegment: Bytes, rest: ByteParts, of text: String
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

    private static let slash = UInt8(ascii: "/")
    private static let ipfs = Bytes(utf8: "ipfs")
    private static let ipld = Bytes(utf8: "ipld")
    private static let ipns = Bytes(utf8: "ipns")
    static let dot = Bytes(utf8: ".")
    static let dotDot = Bytes(utf8: "..")
    private static let tooShort = "path does not have enough components"

    private static func invalid(_ text: String, _ cause: String) -> ContentError {
        ContentError(.invalidPath, "invalid path \"\(text)\": \(cause)")
    }

    /// Turns `ipfs://x`, `ipfs:x` and the same with `ipns` into `/ipfs/x` and `/ipns/x`.
    private static func withoutScheme(_ bytes: Bytes) -> Bytes {
        for (scheme, place) in schemes where bytes.starts(with: scheme) {
            return [place, bytes.dropFirst(scheme.count)].joined(separator: .empty)
        }
        return bytes
    }

    private static let schemes = ["ipfs", "ipns"].flatMap { namespace in
        ["://", ":"].map { (Bytes(utf8: namespace + $0), Bytes(utf8: "/\(namespace)/")) }
    }
}
