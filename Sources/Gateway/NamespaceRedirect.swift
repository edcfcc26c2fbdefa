import Content
import HTTP
import HTTPServer
import Multiformats

/// Redirects that are decided before any content is looked at: `?uri=`, and paths that name a
/// namespace twice. Also the refusal of service workers that would control a whole namespace.
///
/// - Spec: IPFS Path Gateway, "`Service-Worker` (request header)" and "`301` Moved Permanently".
enum NamespaceRedirect {
    /// The redirect, or nil where the request goes on.
    static func response(to request: Request) throws(GatewayError) -> Response? {
        let path = request.path
        if request.query != nil, let response = try uriRedirect(request, path) { return response }
        try refuseServiceWorker(request, path)
        return try doubledNamespace(path, request.query)
    }

    /// `/ipfs/?uri=ipfs%3A%2F%2F<cid>/path` is what a browser's protocol handler sends.
    private static func uriRedirect(
        _ request: Request, _ path: String
    ) throws(GatewayError) -> Response? {
        guard ["/ipfs", "/ipfs/", "/ipns", "/ipns/"].contains(path) else { return nil }
        guard let uri = request.queryItems["uri"] else { return nil }
        guard let colon = uri.firstRange(of: "://") else {
            throw GatewayError(.badRequest, "failed to parse uri query parameter")
        }
        let scheme = uri[..<colon.lowerBound].lowercased()
        guard scheme == "ipfs" || scheme == "ipns" else {
            throw GatewayError(.badRequest, "uri query parameter scheme must be ipfs or ipns")
        }
        let rest = uri[colon.upperBound...]
        guard let first = rest.first, !"/?#".contains(first), isPrintable(rest) else {
            throw GatewayError(.badRequest, "failed to parse uri query parameter")
        }
        return Redirect.movedPermanently(to: "/\(scheme)/\(rest)")
    }

    /// One page must not control every site of the gateway.
    private static func refuseServiceWorker(
        _ request: Request, _ path: String
    ) throws(GatewayError) {
        guard request.fields["Service-Worker"] == "script" else { return }
        let parts = path.split(separator: "/")
        guard parts.count == 2, parts[0] == "ipfs" || parts[0] == "ipns" else { return }
        throw GatewayError(
            .badRequest, "navigator.serviceWorker: registration is not allowed for this scope")
    }

    /// `/ipfs/ipfs/<cid>` and `/ipfs/ipns/<name>` lose their first part.
    private static func doubledNamespace(
        _ path: String, _ query: Substring?
    ) throws(GatewayError) -> Response? {
        guard path.hasPrefix("/ipfs/ipfs/") || path.hasPrefix("/ipfs/ipns/") else { return nil }
        let rest = String(path.dropFirst("/ipfs".count))
        let name = rest.split(separator: "/").dropFirst().first ?? ""
        let isValid = rest.hasPrefix("/ipns/") ? !name.isEmpty : (try? CID(parsing: name)) != nil
        guard isValid || name == "ipfs" || name == "ipns" else {
            throw GatewayError(.badRequest, "invalid path \"\(path)\": invalid cid: \(name)")
        }
        return Redirect.movedPermanently(to: rest + (query.map { "?" + $0 } ?? ""))
    }

    private static func isPrintable(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}
