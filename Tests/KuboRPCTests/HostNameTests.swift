import Buffers
import Testing

@testable import KuboRPC

/// A `Host` field is cut by its bytes.
@Suite(.timeLimit(.minutes(40)))
struct HostNameTests {
    @Test(
        arguments: [
            ("localhost", "localhost", nil), ("LOCALHOST:5001", "localhost", "5001"),
            ("[::1]:5001", "[::1]", "5001"), ("[::1]", "[::1]", nil), ("a:b:c", "a:b", "c"),
            ("name:\u{301}1", "name", "\u{301}1"), ("[::1]\u{301}:1", "[::1]\u{301}", "1"),
            ("", "", nil), (":1", "", "1"),
        ] as [(Bytes, Bytes, Bytes?)])
    func aFieldIsCutAtItsColon(field: Bytes, name: Bytes, port: Bytes?) {
        #expect(HostName(field).name == name)
        #expect(HostName(field).port == port)
    }

    @Test(
        arguments: [
            ("localhost", true), ("[::1]", true), ("127.0.0.1", true), ("127.255.1.9:80", true),
            ("127.+0.0.1", false), ("127.0.0.+1", false), ("127.0.0.-0", false),
            ("127.0.0.256", false), ("127.0.0", false), ("127.0.0.1.", false), ("127..0.1", false),
            ("127.0.0.0x1", false), ("127.0.0.0000", false), ("128.0.0.1", false),
            ("+127.0.0.1", false), ("127.0.0.\u{661}", false), ("localhost\u{301}", false),
            ("\u{212A}localhost", false), ("[::1]\u{301}", false),
        ] as [(Bytes, Bool)])
    func onlyThisMachineIsLoopback(field: Bytes, isLoopback: Bool) {
        #expect(HostName(field).isLoopback == isLoopback)
    }
}
