/// Where a listener waits for connections.
package enum ListenerAddress: Sendable, Equatable, CustomStringConvertible {
    /// An IP address (no name) and a port; port 0 takes a free one.
    case tcp(host: String, port: UInt16)

    /// A Unix socket; an old one without an owner is replaced.
    case unix(path: String)

    /// A listening socket that the parent process made (systemd socket activation).
    case inherited(descriptor: Int32)

    /// No address: connections come through `Listener.adopt` and `Listener.connect` only.
    case inProcess

    package var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        case .inherited(let descriptor): "socket \(descriptor)"
        case .inProcess: "in-process"
        }
    }
}
