import Buffers
import HTTP
import Testing

@Suite(.timeLimit(.minutes(40)))
struct RequestTargetTests {
    @Test func theOriginFormKeepsPathAndQueryByteForByte() throws {
        let target = try RequestTarget(parsing: "/a//b/%2e./c%zz?x=%20&y?z")
        #expect(target.form == .origin)
        #expect(target.path == "/a//b/%2e./c%zz")
        #expect(target.query == "x=%20&y?z")
        #expect(try RequestTarget(parsing: "/a").query == nil)
        #expect(try RequestTarget(parsing: "/a?").query == "")
        #expect(try RequestTarget(parsing: "//host/x").path == "//host/x")
    }

    @Test func theAbsoluteFormIsTakenApart() throws {
        let target = try RequestTarget(parsing: "HTTP://Host:80/a?b")
        #expect(target.form == .absolute)
        #expect(target.scheme == "http")
        #expect(target.authority == "Host:80")
        #expect(target.path == "/a")
        #expect(target.query == "b")
        #expect(try RequestTarget(parsing: "http://host").path == "/")
        let bare = try RequestTarget(parsing: "http://host?q")
        #expect(bare.path == "/")
        #expect(bare.query == "q")
    }

    @Test func theOtherTwoFormsAreKnown() throws {
        let authority = try RequestTarget(parsing: "host:443", method: .connect)
        #expect(authority.form == .authority)
        #expect(authority.authority == "host:443")
        #expect(try RequestTarget(parsing: "*", method: .options).form == .asterisk)
    }

    @Test(arguments: ["", "a", "a/b", "/a b", "/a\tb", "/a\u{7F}", "/a#b", "://x", "1 2://x"])
    func anythingElseIsRefused(text: String) {
        #expect(throws: HTTPError.self) { try RequestTarget(parsing: text) }
    }
}
