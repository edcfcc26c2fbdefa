import HTTP
import HTTPServer
import Testing

@testable import KuboRPC

/// Every page of the private listener is behind the rules of the RPC.
@Suite(.timeLimit(.minutes(40)))
struct GuardedPagesTests {
    private func answer(_ path: String, _ fields: Fields) throws -> Response {
        let node = try TestNode()
        let handler = KuboRPC(library: node.library, settings: node.settings).guarding([
            .exact(.get, "/metrics") { _ in .respond(.text(.ok, "figures")) }
        ])
        guard case .respond(let response) = try handler(Request(.get, path, fields: fields)) else {
            throw HTTPError(.badTarget, "pages have no body")
        }
        return response
    }

    @Test(arguments: ["/metrics", "/healthz", "/", "/unknown", "/metrics?x"])
    func aForeignPageGetsNothing(path: String) throws {
        for fields: Fields in [
            ["Host": "evil.example:5001"], [:],
            ["Host": "127.0.0.1:5001", "Origin": "http://evil.example"],
            ["Host": "127.0.0.1:5001", "Origin": "null"],
            ["Host": "127.0.0.1:5001", "Referer": "http://evil.example/x"],
            ["Host": "127.0.0.1:5001", "User-Agent": "Mozilla/5.0"],
        ] {
            #expect(try answer(path, fields).status == .forbidden, "\(fields)")
        }
    }

    @Test func programsOfThisMachineGetThem() throws {
        #expect(try answer("/metrics", ["Host": "127.0.0.1:5001"]).status == .ok)
        let own: Fields = ["Host": "localhost:5001", "Origin": "http://localhost:5001"]
        #expect(try answer("/metrics", own).status == .ok)
        #expect(try answer("/unknown", ["Host": "127.0.0.1:5001"]).status == .notFound)
    }

    @Test func theRPCAnswersAsItDoesAlone() throws {
        #expect(try answer("/api/v0/id", ["Host": "evil.example"]).status == .methodNotAllowed)
    }
}
