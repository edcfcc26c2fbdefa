import HTTPServer

/// Addresses to listen on, as people write them.
enum ListenText {
    /// Reads `127.0.0.1:8080`, `[::1]:8080`, `:8080`, `localhost:8080`, `/ip4/127.0.0.1/tcp/8080` and
    /// `unix:/path`.
    ///
    /// - Parameter text: an address and a port; no names but localhost.
    static func address(_ text: String) throws(ConfigurationError) -> ListenerAddress {
        if text.hasPrefix("unix:/") { return .unix(path: String(text.dropFirst(5))) }
        if text.hasPrefix("/ip") {
            let parts = text.split(separator: "/").map(String.init)
            guard parts.count == 4, parts[2] == "tcp" else { throw refusal(text) }
            return try tcp(host: parts[1], port: parts[3], text)
        }
        guard let colon = text.lastIndex(of: ":") else { throw refusal(text) }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        return try tcp(host: host, port: String(text[text.index(after: colon)...]), text)
    }

    /// Whether only processes on this machine can reach it.
    static func isLocal(_ address: ListenerAddress) -> Bool {
        switch address {
        case .tcp(let host, _): host.hasPrefix("127.") || host == "::1"
        case .unix, .inProcess: true
        case .inherited: false
        }
    }

    private static func tcp(
        host: String, port: String, _ text: String
    ) throws(ConfigurationError) -> ListenerAddress {
        let host = host == "localhost" ? "127.0.0.1" : host.isEmpty ? "0.0.0.0" : host
        guard let port = UInt16(port), isIPv4(host) || isIPv6(host) else { throw refusal(text) }
        return .tcp(host: host, port: port)
    }

    private static func isIPv4(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }

    /// Roughly; the system has the last word.
    private static func isIPv6(_ text: String) -> Bool {
        text.contains(":") && text.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
    }

    private static func refusal(_ text: String) -> ConfigurationError {
        ConfigurationError(
            "\"\(text)\" is no address to listen on: write 127.0.0.1:8080, [::1]:8080 or unix:/path"
        )
    }
}
