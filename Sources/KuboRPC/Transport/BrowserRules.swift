import Buffers
import HTTP
package import HTTPServer

/// Keeps web pages from using the RPC through their visitor's browser.
///
/// A page may call only if its origin is allowed; a name that somebody pointed at the loopback
/// address (DNS rebinding) is refused by its `Host`. Programs that send neither `Origin` nor
/// `Referer` pass.
struct BrowserRules: Sendable {
    // As bytes, because two texts that Unicode calls equal are two origins, and two hosts.
    private let allowedOrigins: Set<Bytes>
    private let allowsAllOrigins: Bool
    private let allowedHosts: Set<Bytes>

    init(_ settings: KuboRPCSettings) {
        let origins = settings.allowedOrigins + BrowserRules.companionOrigins
        allowedOrigins = Set(origins.map { Bytes(utf8: $0) })
        allowsAllOrigins = settings.allowedOrigins.contains("*")
        allowedHosts = Set(settings.allowedHosts.map { HostName.lowercased(Bytes(utf8: $0)) })
    }

    /// Refuses what a foreign page sent.
    ///
    /// - Throws: `.forbidden`.
    func check(_ request: Request) throws(RPCError) {
        let fields = request.fields
        let origin = Bytes(utf8: fields["Origin"] ?? "")
        let referer = fields["Referer"] ?? ""
        // Of two only the first would be looked at, and no browser sends an empty origin.
        guard fields.all("Origin").count <= 1, fields.all("Referer").count <= 1,
            fields["Origin"] != "", isFromHere(request), allows(origin: origin, on: request),
            allows(referer: referer, on: request)
        else { throw BrowserRules.forbidden }
        guard origin.isEmpty, referer.isEmpty else { return }
        let agent = fields["User-Agent"] ?? ""
        guard agent.contains("Electron") || !agent.hasPrefix("Mozilla") else {
            throw BrowserRules.forbidden
        }
    }

    /// `Access-Control-Allow-Origin` for the answer to a page that may read it.
    func allowedOrigin(of request: Request) -> String? {
        let origins = request.fields.all("Origin")
        guard origins.count == 1, let origin = origins.first, !origin.isEmpty,
            allows(origin: Bytes(utf8: origin), on: request)
        else { return nil }
        return origin
    }

    /// The answer to a preflight, or nil if the request is none.
    func preflight(_ request: Request) -> Response? {
        guard request.method == .options,
            let method = request.fields["Access-Control-Request-Method"]
        else { return nil }
        var response = Response(
            .noContent,
            fields: [
                "Vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
            ])
        let headers = request.fields["Access-Control-Request-Headers"] ?? ""
        let names = headers.split(separator: ",").map {
            $0.filter { $0 != " " }.lowercased()
        }
        guard isFromHere(request), let origin = allowedOrigin(of: request),
            method.uppercased() == "POST",
            names.allSatisfy(BrowserRules.allowedHeaders.contains)
        else { return response }
        response.fields["Access-Control-Allow-Origin"] = origin
        response.fields["Access-Control-Allow-Methods"] = "POST"
        if !headers.isEmpty { response.fields["Access-Control-Allow-Headers"] = headers }
        return response
    }

    private static let forbidden = RPCError(code: .forbidden, message: "403 - Forbidden")

    private static let companionOrigins = [
        "chrome-extension://nibjojkomfdiaoajekhjakgkdhaomnch",
        "chrome-extension://hjoieblefckbooibpepigmacodalfndh",
    ]

    private static let allowedHeaders: Set<String> = [
        "origin", "accept", "content-type", "x-requested-with",
    ]

    /// Whether `Host` names this listener. Clients of Unix sockets make a host up.
    private func isFromHere(_ request: Request) -> Bool {
        if request.peer == "unix" || request.peer == "in-process" { return true }
        guard let host = request.fields["Host"] else { return false }
        let name = HostName(Bytes(utf8: host))
        return name.isLoopback || allowedHosts.contains(name.name)
    }

    private func allows(origin: Bytes, on request: Request) -> Bool {
        if origin.isEmpty || allowsAllOrigins || allowedOrigins.contains(origin) { return true }
        return ownOrigins(of: request).contains(origin)
    }

    private func allows(referer: String, on request: Request) -> Bool {
        guard !referer.isEmpty else { return true }
        // By bytes: a mark that combines with a slash does not make it part of a name.
        let field = Bytes(utf8: referer)
        let mark = Bytes(utf8: "://")
        guard let start = field.firstIndex(of: mark) else { return false }
        let rest = field.dropFirst(start + mark.count)
        let end = rest.array.firstIndex { "/?#".utf8.contains($0) } ?? rest.count
        let host = rest.prefix(end)
        // No browser sends a user's name, and of a backslash before one it makes the end of the host.
        guard !host.contains(UInt8(ascii: "@")), !host.contains(UInt8(ascii: "\\")) else {
            return false
        }
        let scheme = field.prefix(start + mark.count)
        return allows(origin: scheme.appending(host), on: request)
    }

    /// Pages of the listener itself. Its port is the one in `Host`, which a page cannot forge.
    private func ownOrigins(of request: Request) -> [Bytes] {
        let port = HostName(Bytes(utf8: request.fields["Host"] ?? "")).port
        let ending = port.map { Bytes(utf8: ":").appending($0) } ?? .empty
        return ["127.0.0.1", "[::1]", "localhost"].flatMap { name in
            ["http://", "https://"].map { Bytes(utf8: $0 + name).appending(ending) }
        }
    }
}

extension KuboRPC {
    /// The RPC together with other pages of the private listener, with one set of rules in front of
    /// all of them: what the RPC does not let a web page have, no other path gives it.
    ///
    /// - Parameter others: more routes; they and unknown paths are behind the same check.
    /// - Returns: a handler for the private listener.
    package func guarding(_ others: [Route]) -> Handler {
        let rpc = handler
        let router = Router(others)
        return { request in
            // The RPC asks the rules itself, in the midst of what Kubo's clients expect of it.
            if request.path.utf8.starts(with: Call.prefix.utf8) { return try rpc(request) }
            do throws(RPCError) {
                try rules.check(request)
            } catch {
                return .respond(.text(.forbidden, error.message + "\n"))
            }
            return try router.handler(request)
        }
    }
}
