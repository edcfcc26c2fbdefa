import Testing

@testable import holdfast

@Suite(.timeLimit(.minutes(20)))
struct NodeAddressTests {
    @Test(
        arguments: [
            ("127.0.0.1:5001", .tcp(host: "127.0.0.1", port: 5_001, basePath: "")),
            ("/ip4/127.0.0.1/tcp/5001", .tcp(host: "127.0.0.1", port: 5_001, basePath: "")),
            ("/dns/node.example/tcp/80/http", .tcp(host: "node.example", port: 80, basePath: "")),
            ("http://[::1]:5001/base/", .tcp(host: "::1", port: 5_001, basePath: "/base")),
            ("/unix/run/a", .unix(path: "/run/a")), ("unix:/run/a", .unix(path: "/run/a")),
        ] as [(String, NodeAddress)])
    func addressesAreRead(text: String, address: NodeAddress) throws {
        #expect(try NodeAddress(parsing: text) == address)
    }

    @Test(arguments: ["", "host", "https://a:1", "/ip4/1.2.3.4/udp/1", "/ip4/1.2.3.4/tcp/1/https"])
    func otherTextsAreRefused(text: String) {
        #expect(throws: UsageError.self) { try NodeAddress(parsing: text) }
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
