import Buffers
import HTTP
import HTTPServer
import Testing

@Suite(.timeLimit(.minutes(40)))
struct RouterTests {
    private static func say(_ text: String) -> Handler { { _ in .respond(.text(.ok, text)) } }

    private let router = Router([
        .exact(.get, "/healthz", say("health")),
        .exact(.post, "/healthz", say("posted")),
        .prefix("/ipfs/", methods: [.get, .head], say("ipfs")),
        .prefix("/api/v0/", say("api")),
    ])

    private func answer(_ method: Method, _ target: String) throws -> Response {
        guard case .respond(let response) = try router.handler(Request(method, target)) else {
            throw HTTPError(.badTarget, "the router answers itself")
        }
        return response
    }

    private func text(_ response: Response) -> String? {
        guard case .bytes(let bytes) = response.body else { return nil }
        return bytes.utf8Text
    }

    @Test(arguments: [
        ("GET", "/healthz", "health"), ("HEAD", "/healthz?x", "health"),
        ("POST", "/healthz", "posted"), ("GET", "/ipfs/bafy/a", "ipfs"),
        ("DELETE", "/api/v0/add", "api"), ("GET", "http://host/ipfs/x", "ipfs"),
    ])
    func theFirstLineThatFitsAnswers(method: String, target: String, expected: String) throws {
        #expect(text(try answer(Method(rawValue: method), target)) == expected)
    }

    @Test func aKnownPathWithAnotherMethodIsA405WithAllow() throws {
        let response = try answer("DELETE", "/healthz")
        #expect(response.status == .methodNotAllowed)
        #expect(response.fields["Allow"] == "GET, HEAD, POST")
    }

    @Test func anUnknownPathIsA404() throws {
        #expect(try answer(.get, "/").status == .notFound)
        #expect(try answer(.get, "/healthz/").status == .notFound)
        #expect(try answer(.get, "/ipf").status == .notFound)
    }
}
