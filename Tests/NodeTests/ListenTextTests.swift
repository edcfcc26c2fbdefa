import HTTPServer
import Testing

@testable import Node

@Suite(.timeLimit(.minutes(40)))
struct ListenTextTests {
    @Test(
        arguments: [
            ("127.0.0.1:8080", .tcp(host: "127.0.0.1", port: 8_080)),
            ("[::1]:0", .tcp(host: "::1", port: 0)), (":80", .tcp(host: "0.0.0.0", port: 80)),
            ("localhost:1", .tcp(host: "127.0.0.1", port: 1)),
            ("/ip4/10.0.0.1/tcp/5001", .tcp(host: "10.0.0.1", port: 5_001)),
            ("unix:/run/a.sock", .unix(path: "/run/a.sock")),
        ] as [(String, ListenerAddress)])
    func addressesAreRead(text: String, address: ListenerAddress) throws {
        #expect(try ListenText.address(text) == address)
    }

    @Test(arguments: ["", "8080", "127.0.0.1", "127.0.0.1:99999", "example.org:80", "1.2.3:4"])
    func otherTextsAreRefused(text: String) {
        #expect(throws: ConfigurationError.self) { try ListenText.address(text) }
    }

    @Test(arguments: ["0.0.0.0:5001", "192.168.1.2:5001", "[::]:5001", ":5001"])
    func thePrivateListenerStaysOnThisMachine(text: String) {
        var part = Configuration.Listen()
        part.privateAddress = text
        let error = #expect(throws: ConfigurationError.self) {
            try NodeListeners.Addresses(part)
        }
        #expect(error?.description.contains("no tokens yet") == true)
    }
}
