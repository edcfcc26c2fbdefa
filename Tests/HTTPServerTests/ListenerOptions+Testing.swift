import HTTPServer

extension ListenerOptions {
    /// A listener on a free port of the loopback interface.
    static func testing() -> ListenerOptions {
        ListenerOptions(name: "test", address: .tcp(host: "127.0.0.1", port: 0))
    }
}
