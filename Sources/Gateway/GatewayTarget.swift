import Buffers
import Content
import HTTP
import Multiformats

/// What a request asks for: the content path in its URL, decoded and cleaned, and what of the URL's
/// own spelling still matters.
struct GatewayTarget: Sendable {
    /// The content.
    let path: ContentPath
    /// The path of the URL as it was sent: for redirects to itself.
    let urlPath: String
    /// The query as it was sent, without its question mark.
    let query: String?
    /// Whether the path ends in a slash: it matters for folders.
    let hasTrailingSlash: Bool

    /// Reads the target of a request below `/ipfs/`.
    ///
    /// - Throws: 400 for bad percent coding, a bad CID, or `..` past the CID.
    init(_ target: RequestTarget) throws(GatewayError) {
        let decoded: Bytes
        do {
            decoded = try PercentCoding.decode(target.path)
        } catch {
            throw GatewayError(.badRequest, "invalid path \"\(target.path)\": \(error)")
        }
        path = try Self.contentPath(
            decoded.split(separator: UInt8(ascii: "/"), keepsEmpty: true), of: decoded.displayText)
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

    /// - Parameter segments: of a path that begins with `/ipfs/`, so the first one is empty.
    private static func contentPath(
        _ segments: [Bytes], of text: String
    ) throws(GatewayError) -> ContentPath {
        guard segments.count > 2, !segments[2].isEmpty else {
            throw invalid(text, "path does not have enough components")
        }
        let rootText = segments[2].displayText
        let root: CID
        do {
            root = try CID(parsing: rootText)
        } catch {
            throw invalid(text, "invalid cid: \(error.message)")
        }
        do {
            let names = try ContentPath.cleaned(segments.dropFirst(3), of: text)
            return ContentPath(root: root, rootText: rootText, segments: names)
        } catch {
            throw GatewayError(error)
        }
    }

    private static func invalid(_ path: String, _ cause: String) -> GatewayError {
        GatewayError(.badRequest, "invalid path \"\(path)\": \(cause)")
    }
}
