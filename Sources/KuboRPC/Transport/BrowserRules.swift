import HTTP
package import HTTPServer

/// Keeps web pages from using the RPC through their visitor's browser.
///
/// A page may call only if its origin is allowed; a name that somebody pointed at the loopback
/// address (DNS rebinding) is refused by its `Host`. Programs that send neither `Origin` nor
/// `Referer` pass.
struct BrowserRules: Sendable {
    private let allowedOrigins: Set<String>
    private let allowedHosts: Set<String>
    private let allowedMethods: [String]

    init(_ settings: KuboRPCSettings) {
        allowedOrigins = Set(settings.allowedOrigins).union(BrowserRules.companionOrigins)
        allowedHosts = Set(settings.allowedHosts.map { $0.lowercased() })
        allowedMethods = ["POST"] + settings.allowedMethods
    }

    /// Refuses what a foreign page sent.
    ///
    /// - Throws: `.forbidden`.
    func check(_ request: Request) throws(RPCError) {
        let fields = request.fields
        let origin = fields["Origin"] ?? ""
        let referer = fields["Referer"] ?? ""
        guard isFromHere(request), allows(origin: origin, on: request),
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
        guard let origin = request.fields["Origin"], !origin.isEmpty,
            allows(origin: origin, on: request)
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
            allowedMethods.contains(method.uppercased()),
            names.allSatisfy(BrowserRules.allowedHeaders.contains)
        else { return response }
        response.fields["Access-Control-Allow-Origin"] = origin
        response.fields["Access-Control-Allow-Methods"] = method.uppercased()
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
        let name = HostName(host).name
        return HostName.isLoopback(name) || allowedHosts.contains(name)
    }

    private func allows(origin: String, on request: Request) -> Bool {
        if origin.isEmpty || allowedOrigins.contains("*") || allowedOrigins.contains(origin) {
            return true
        }
        return ownOrigins(of: request).contains(origin)
    }

    private func allows(referer: String, on request: Request) -> Bool {
        guard !referer.isEmpty else { return true }
        guard let separator = referer.firstRange(of: "://") else { return false }
        let host = referer[separator.upperBound...].prefix { !"/?#".contains($0) }
        let bare = host.lastIndex(of: "@").map { host[host.index(after: $0)...] } ?? host
        let scheme = referer[..<separator.upperBound]
        return allows(origin: String(scheme) + String(bare), on: request)
    }

    /// Pages of the listener itself. Its port is the one in `Host`, which a page cannot forge.
    private func ownOrigins(of request: Request) -> [String] {
        let port = HostName(request.fields["Host"] ?? "").port.map { ":" + $0 } ?? ""
        return ["127.0.0.1", "[::1]", "localhost"].flatMap {
            ["http://\($0)\(port)", "https://\($0)\(port)"]
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

/// The two parts of a `Host` field.
struct HostName {
    /// In small letters, an IPv6 address in its brackets.
    let name: String
    /// Digits; nil without a port.
    let port: String?

    init(_ field: String) {
        let end: String.Index? =
            if let bracket = field.lastIndex(of: "]") {
                field[bracket...].firstIndex(of: ":")
            } else {
                field.lastIndex(of: ":")
            }
        name = field[..<(end ?? field.endIndex)].lowercased()
        port = end.map { String(field[$0...].dropFirst()) }
    }

    /// Whether a name means this machine only.
    static func isLoopback(_ name: String) -> Bool {
        if name == "localhost" || name == "[::1]" { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
