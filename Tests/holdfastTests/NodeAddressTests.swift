import Testing

@testable import holdfast

@Suite(.timeLimit(.minutes(40)))
struct NodeAddressTests {
    @Test(
        arguments: [
            ("127.0.0.1:5001", .tcp(host: "127.0.0.1", port: 5_001, basePath: "")),
            ("/ip4/127.0.0.1/tcp/5001", .tcp(host: "127.0.0.1", port: 5_001, basePath: "")),
            ("/dns/node.example/tcp/80/http", .tcp(host: "node.example", port: 80, basePath: "")),
            ("http://[::1]:5001/base/", .tcp(host: "::1", port: 5_001, basePath: "/base")),
            ("/unix/run/a", .unix(path: "/run/a")), ("unix:/run/a", .unix(path: "/run/a")),
            ("unix:run/a@b#c", .unix(path: "run/a@b#c")),
            ("fe80::1%eth0:1", .tcp(host: "fe80::1%eth0", port: 1, basePath: "")),
            ("my_node-1.example:1", .tcp(host: "my_node-1.example", port: 1, basePath: "")),
            ("http://a:1/b@c", .tcp(host: "a", port: 1, basePath: "/b@c")),
        ] as [(String, NodeAddress)])
    func addressesAreRead(text: String, address: NodeAddress) throws {
        #expect(try NodeAddress(parsing: text) == address)
    }

    @Test(arguments: ["", "host", "https://a:1", "/ip4/1.2.3.4/udp/1", "/ip4/1.2.3.4/tcp/1/https"])
    func otherTextsAreRefused(text: String) {
        #expect(throws: UsageError.self) { try NodeAddress(parsing: text) }
    }

    /// What goes to another host, or to nobody's socket, than the one that is shown.
    @Test(arguments: [
        "127.0.0.1#:21102", "127.0.0.1?:21102", "127.0.0.1%2f:1", "a\\b:1", "a b:1", ":1", "[]:1",
        "[::1:1", "::1#:1", "[::1%]:1", "[::1%a#]:1", "b\u{fc}cher.example:1", "a\u{ff0f}b:1",
        "/dns/x#/tcp/5001", "/dns/x?/tcp/5001", "[localhost]:1", "[v1.a]:1", "unix:", "unix://",
    ])
    func aHostThatIsNoneIsRefused(text: String) {
        let error = #expect(throws: UsageError.self) { try NodeAddress(parsing: text) }
        #expect(error?.message.hasPrefix("\"\(text)\" is no address of a node: ") == true)
    }

    @Test(arguments: [
        "http://bob:s3cret@127.0.0.1:1", "http://s3cret@127.0.0.1:1", "bob:s3cret@127.0.0.1:1",
        "/dns/s3cret@127.0.0.1/tcp/5001", "https://bob:s3cret@a:1", "http://bob:s3cret/@a:1",
        "http://bob:s3cret@a",
    ])
    func aSecretInAnAddressIsRefusedAndNotShown(text: String) {
        let error = #expect(throws: UsageError.self) { try NodeAddress(parsing: text) }
        #expect(error?.message.contains("is no address of a node") == true)
        #expect(error?.message.contains("s3cret") == false)
    }

    @Test(arguments: [
        ("abc", "Bearer abc"), ("bearer:abc", "Bearer abc"),
        ("basic:user:pass", "Basic dXNlcjpwYXNz"),
        ("basic:dXNlcjpwYXNz", "Basic dXNlcjpwYXNz"),
    ])
    func secretsBecomeHeaderFields(secret: String, field: String) {
        #expect(RPCClient.authorization(secret) == field)
    }
}
