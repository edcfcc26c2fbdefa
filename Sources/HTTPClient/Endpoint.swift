/// Where requests go.
package enum Endpoint: Sendable, CustomStringConvertible {
    /// A host, by name or address, and a port; `basePath` stands before every target.
    case tcp(host: String, port: UInt16, basePath: String = "")

    /// A Unix socket.
    case unix(path: String)

    /// A connected stream socket that the function makes and libcurl closes, such as
    /// `Listener.connect`.
    case inProcess(@Sendable () throws -> Int32)

    package var description: String {
        switch self {
        case .tcp(let host, let port, let basePath):
            host.contains(":") ? "[\(host)]:\(port)\(basePath)" : "\(host):\(port)\(basePath)"
        case .unix(let path): "unix:\(path)"
        case .inProcess: "this process"
        }
    }

    /// Whether a text can be a host: a name, or an address as it stands between brackets.
    ///
    /// Anything else libcurl takes apart in its own way: `127.0.0.1#:5001`, `127.0.0.1?:5001` and
    /// `name@127.0.0.1` are ways to another place than the one that is shown.
    package static func isHost(_ text: String) -> Bool {
        guard text.utf8.contains(UInt8(ascii: ":")) else { return isName(text[...]) }
        let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        let isAddress = parts[0].utf8.allSatisfy {
            isHexadecimal($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".")
        }
        return isAddress && (parts.count == 1 || isName(parts[1]))
    }

    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
                default: false
                }
            }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }

    /// What is wrong with it; nil if libcurl goes where it says.
    var objection: String? {
        switch self {
        case .tcp(let host, _, _):
            Self.isHost(host)
                ? nil
                : "a host has letters, digits, \".\", \"-\" and \"_\", or is an IPv6 address"
        case .unix(let path):
            // Without a path it would be the socket that has no name, which is anybody's.
            path.isEmpty
                ? "the path of the socket is empty"
                : path.utf8.count > Limits.socketPathByteCountMax
                    ? "the path of the socket is over \(Limits.socketPathByteCountMax) bytes: use a "
                        + "shorter one, such as a relative one"
                    : nil
        case .inProcess: nil
        }
    }

    /// What stands before each target.
    var basePath: String {
        guard case .tcp(_, _, let basePath) = self else { return "" }
        return basePath
    }

    /// What libcurl is told to connect to. Without a network the numeric address saves a look-up.
    var url: String {
        switch self {
        case .tcp(let host, let port, _):
            host.contains(":") ? "http://[\(host)]:\(port)/" : "http://\(host):\(port)/"
        case .unix, .inProcess: "http://127.0.0.1/"
        }
    }

    /// The `Host` field where libcurl's own would name an address that nobody uses.
    var hostField: String? {
        switch self {
        case .tcp: nil
        case .unix, .inProcess: "localhost"
        }
    }
}
