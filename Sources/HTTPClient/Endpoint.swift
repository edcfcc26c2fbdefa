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
