import Testing

@testable import KuboRPC

/// The cases of Kubo's `t0401-api-browser-security.sh`, and those of DNS rebinding.
@Suite(.serialized, .timeLimit(.minutes(40)))
struct BrowserRulesTests {
    private static let companion = "chrome-extension://nibjojkomfdiaoajekhjakgkdhaomnch"
    private static let companionBeta = "chrome-extension://hjoieblefckbooibpepigmacodalfndh"

    @Test func programsWithoutAnOriginPass() throws {
        let node = try TestNode()
        #expect(try node.call("version").status == 200)
        #expect(try node.call("version", headers: [("User-Agent", "curl/7.88")]).status == 200)
    }

    @Test func aBrowserWithoutAnOriginIsRefused() throws {
        let node = try TestNode()
        let answer = try node.call("version", headers: [("User-Agent", "Mozilla/5.0 (X11)")])
        #expect(answer.status == 403)
        #expect(answer.text == "403 - Forbidden\n")
        #expect(answer.field("Content-Type") == "text/plain; charset=utf-8")
        let electron = [("User-Agent", "Mozilla/5.0 Electron/30")]
        #expect(try node.call("version", headers: electron).status == 200)
    }

    @Test func onlyAllowedOriginsMayCall() throws {
        let node = try TestNode { $0.allowedOrigins = ["https://pages.example"] }
        let own = ["127.0.0.1", "[::1]", "localhost"].flatMap {
            ["http://\($0):\(node.port)", "https://\($0):\(node.port)"]
        }
        for origin in own + [Self.companion, Self.companionBeta, "https://pages.example"] {
            let answer = try node.call("version", headers: [("Origin", origin)])
            #expect(answer.status == 200, "\(origin)")
            #expect(answer.field("Access-Control-Allow-Origin") == origin)
        }
        let foreign = [
            "http://evil.example", "http://localhost", "http://localhost:1", "null",
            "http://localhost.evil.example:\(node.port)", "chrome-extension://other",
        ]
        for origin in foreign {
            let answer = try node.call("version", headers: [("Origin", origin)])
            #expect(answer.status == 403, "\(origin)")
            #expect(answer.field("Access-Control-Allow-Origin") == nil)
        }
    }

    @Test(arguments: [
        ["http://127.0.0.1:5001", "http://evil.example"],
        ["http://evil.example", "http://127.0.0.1:5001"], [""], ["", "http://evil.example"],
    ])
    func moreThanOneOriginOrAnEmptyOneIsRefused(origins: [String]) throws {
        let node = try TestNode()
        let host = [("Host", "127.0.0.1:5001")]
        let answer = try node.call("version", headers: host + origins.map { ("Origin", $0) })
        #expect(answer.status == 403)
        #expect(answer.field("Access-Control-Allow-Origin") == nil)
    }

    @Test func aStarAllowsEveryOrigin() throws {
        let node = try TestNode { $0.allowedOrigins = ["*"] }
        let answer = try node.call("version", headers: [("Origin", "http://any.example")])
        #expect(answer.status == 200)
        #expect(answer.field("Access-Control-Allow-Origin") == "http://any.example")
    }

    @Test func aRefererIsCheckedLikeAnOrigin() throws {
        let node = try TestNode()
        let own = "http://127.0.0.1:\(node.port)/webui?x#y"
        #expect(try node.call("version", headers: [("Referer", own)]).status == 200)
        // What stands before a backslash is the host for a browser.
        let refused = [
            "http://evil.example/x", "no address", "http://user@evil.example/",
            "http://evil.example\\@127.0.0.1:\(node.port)/", "http://u@127.0.0.1:\(node.port)/",
        ]
        for referer in refused {
            let answer = try node.call("version", headers: [("Referer", referer)])
            #expect(answer.status == 403, "\(referer)")
        }
    }

    @Test(arguments: [
        ("127.0.0.1:5001", 200), ("localhost:5001", 200), ("LOCALHOST", 200), ("[::1]:5001", 200),
        ("127.8.9.1", 200), ("node.internal:5001", 200), ("evil.example:5001", 403),
        ("127.0.0.1.evil.example", 403), ("10.0.0.1", 403), ("localhost.evil.example", 403),
    ])
    func aHostMustBeOneOfTheListener(host: String, status: Int) throws {
        let node = try TestNode { $0.allowedHosts = ["node.internal"] }
        #expect(try node.call("version", headers: [("Host", host)]).status == status)
    }

    @Test func aPreflightOfAnAllowedOriginIsAnswered() throws {
        let node = try TestNode { $0.allowedOrigins = ["https://pages.example"] }
        let answer = try node.call(
            "add", method: "OPTIONS",
            headers: [
                ("Origin", "https://pages.example"), ("Access-Control-Request-Method", "POST"),
                ("Access-Control-Request-Headers", "content-type, x-requested-with"),
            ])
        #expect(answer.status == 204)
        #expect(answer.field("Access-Control-Allow-Origin") == "https://pages.example")
        #expect(answer.field("Access-Control-Allow-Methods") == "POST")
    }

    @Test(arguments: [
        ("https://evil.example", "POST", "content-type"),
        ("https://pages.example", "DELETE", "content-type"),
        ("https://pages.example", "POST", "x-secret"),
    ])
    func otherPreflightsGetNoPermission(origin: String, method: String, header: String) throws {
        let node = try TestNode { $0.allowedOrigins = ["https://pages.example"] }
        let answer = try node.call(
            "add", method: "OPTIONS",
            headers: [
                ("Origin", origin), ("Access-Control-Request-Method", method),
                ("Access-Control-Request-Headers", header),
            ])
        #expect(answer.status == 204)
        #expect(answer.field("Access-Control-Allow-Origin") == nil)
    }
}
