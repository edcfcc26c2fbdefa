import Buffers
import Content
import HTTP

/// What a request asks for: the content path in its URL, decoded and cleaned, and what of the URL's
/// own spelling still matters.
struct GatewayTarget: Sendable {
    /// The content. The text of its root is plain: where the client wrote its CID in a base whose
    /// letters have a meaning in URLs, fields or pages, it is the usual text of that CID.
    let path: ContentPath
    /// The path of the URL as it was sent: for redirects to itself.
    let urlPath: String
    /// The query as it was sent, without its question mark.
    let query: Substring?
    /// Whether the path ends in a slash: it matters for folders.
    let hasTrailingSlash: Bool

    /// Reads the target of a request below `/ipfs/` or `/ipns/`.
    ///
    /// - Throws: 400 for bad percent coding, a bad CID, or `..` past the CID; 500 for a name.
    init(_ target: RequestTarget) throws(GatewayError) {
        let decoded: Bytes
        do {
            decoded = try PercentCoding.decode(target.path)
        } catch {
            throw GatewayError(.badRequest, "invalid path \"\(target.path)\": \(error)")
        }
        // The path begins with a slash, so what stands in front of it is empty.
        var parts = ByteParts(of: decoded, separator: UInt8(ascii: "/"), keepsEmpty: true)
        _ = parts.next()
        do {
            let asWritten = try ContentPath(namespaced: parts, of: decoded.displayText)
            path =
                asWritten.rootText.consists(of: PercentCoding.Kept.unreserved.bytes)
                ? asWritten : ContentPath(root: asWritten.root, segments: asWritten.segments)
        } catch {
            throw GatewayError(
                error, resolving: parts.prefix(2).map { "/" + $0.displayText }.joined())
        }
        urlPath = target.path
        query = target.query
        hasTrailingSlash = decoded.count > 0 && decoded[decoded.count - 1] == UInt8(ascii: "/")
    }

    /// The path as the client sees it in `X-Ipfs-Path`: decoded, cleaned, its last slash kept.
    var shownPath: String { path.text + (hasTrailingSlash ? "/" : "") }

    /// The path for a URL on this gateway, percent-encoded anew, without a slash at its end.
    var encodedPath: String {
        path.segments.reduce(into: "/ipfs/" + path.rootText) { text, segment in
            text += "/" + PercentCoding.encode(segment.array, keeping: .path)
        }
    }

    /// The last name, or the CID where there is none.
    var lastName: String { path.segments.last?.displayText ?? path.rootText }
}
