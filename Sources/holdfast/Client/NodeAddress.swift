import HTTPClient

/// Where a node listens, in any of the forms that people have at hand.
enum NodeAddress: Hashable, Sendable {
    case tcp(host: String, port: UInt16, basePath: String)
    case unix(path: String)

    /// Reads `127.0.0.1:5001`, `localhost:5001`, `[::1]:5001`, `/ip4/127.0.0.1/tcp/5001`,
    /// `/dns/host/tcp/5001/http`, `/unix/path`, `http://host:5001/base` or `unix:/path`.
    init(parsing text: String) throws(UsageError) {
        let text = text.trimmingBlanks
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(text.hasPrefix("unix://") ? 7 : 5))
            // The socket without a name is nobody's, or anybody's.
            guard !path.isEmpty else { throw Self.refusal(text, "a path has to follow it") }
            self = .unix(path: path)
        } else if text.hasPrefix("/unix/") {
            self = .unix(path: String(text.dropFirst(5)))
        } else if text.hasPrefix("/") {
            self = try Self.multiaddr(text)
        } else if text.hasPrefix("http://") {
            self = try Self.url(text)
        } else if text.contains("://") {
            throw Self.refusal(text, "only http is spoken here; a proxy can add https")
        } else {
            self = try Self.hostAndPort(text, in: text, basePath: "")
        }
    }

    private static func multiaddr(_ text: String) throws(UsageError) -> NodeAddress {
        let parts = text.split(separator: "/").map(String.init)
        guard parts.count >= 4, ["ip4", "ip6", "dns", "dns4", "dns6"].contains(parts[0]),
            parts[2] == "tcp", let port = UInt16(parts[3])
        else { throw refusal(text, "a multiaddr looks like /ip4/127.0.0.1/tcp/5001") }
        guard parts.count == 4 || parts[4...] == ["http"] else {
            throw refusal(text, "only http is spoken here; a proxy can add https")
        }
        return .tcp(host: try checked(parts[1], in: text), port: port, basePath: "")
    }

    private static func url(_ text: String) throws(UsageError) -> NodeAddress {
        let rest = text.dropFirst("http://".count)
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        var path = String(rest[slash...])
        while path.hasSuffix("/") { path.removeLast() }
        return try hostAndPort(String(rest[..<slash]), in: text, basePath: path)
    }

    private static func hostAndPort(
        _ text: String, in whole: String, basePath: String
    ) throws(UsageError) -> NodeAddress {
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...])
        else { throw refusal(whole, "an address looks like 127.0.0.1:5001") }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
            // A name that would be taken without them is not what it looks like.
            guard host.contains(":") else {
                throw refusal(whole, "between brackets stands an IPv6 address")
            }
        }
        return .tcp(host: try checked(host, in: whole), port: port, basePath: basePath)
    }

    /// A host that is what it looks like.
    private static func checked(_ host: String, in whole: String) throws(UsageError) -> String {
        guard !host.contains("@") else {
            throw refusal(whole, "a name or a secret does not stand in it, use --api-auth")
        }
        guard Endpoint.isHost(host) else {
            throw refusal(
                whole,
                "its host has something else than letters, digits, \".\", \"-\" and \"_\", and is "
                    + "no IPv6 address")
        }
        return host
    }

    private static func refusal(_ text: String, _ hint: String) -> UsageError {
        // What stands before the @ may be a password.
        let shown = text.contains("@") ? "what was given, a text with an @," : "\"\(text)\""
        return UsageError("\(shown) is no address of a node: \(hint)")
    }
}
