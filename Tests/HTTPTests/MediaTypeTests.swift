import HTTP
import Testing

@Suite(.timeLimit(.minutes(40)))
struct MediaTypeTests {
    @Test func aTypeComesApartWithItsParameters() throws {
        let type = try MediaType(
            parsing: " Application/VND.ipld.car ; Version=1;order=\"d f\\\"s\" ; dups=y;")
        #expect(type.essence == "application/vnd.ipld.car")
        #expect(type.parameters["version"] == "1")
        #expect(type.parameters["order"] == "d f\"s")
        #expect(type.parameters["dups"] == "y")
        #expect(type.parameters["other"] == nil)
    }

    @Test(arguments: [
        "", "text", "text/", "/plain", "a/b/c", "te xt/plain", "text/plain; a", "text/plain; =b",
        "text/plain; a=\"b", "text/plain a=b",
    ])
    func badTypesAreRefused(text: String) {
        #expect(throws: HTTPError.self) { try MediaType(parsing: text) }
    }

    @Test func elementsAreOrderedByQualityThenByPlace() throws {
        let accept = try Accept(
            parsing: "text/html;q=0.5, a/one, b/two; q=0, c/three;q=0.999, d/four;x=\",\", *;q=.2")
        #expect(
            accept.byQuality.map(\.mediaType.essence)
                == ["a/one", "d/four", "c/three", "text/html", "*/*"])
        #expect(accept.elements.map(\.quality) == [500, 1_000, 0, 999, 1_000, 200])
        #expect(try Accept(parsing: nil).elements.isEmpty)
    }

    /// They are kept while a request waits.
    @Test func typesAndParametersAreBounded() throws {
        func types(_ count: Int) -> String {
            Array(repeating: "a/b", count: count).joined(separator: ",")
        }
        func parameters(_ count: Int) -> String { "a/b" + String(repeating: ";x=y", count: count) }
        #expect(try Accept(parsing: types(64)).elements.count == 64)
        #expect(throws: HTTPError.self) { try Accept(parsing: types(65)) }
        #expect(try MediaType(parsing: parameters(32)).parameters.all.count == 32)
        #expect(throws: HTTPError.self) { try MediaType(parsing: parameters(33)) }
    }

    @Test(arguments: ["text", "a/b;q=x", "a/b;q=-1", "a/b, c", "a/b;q=nan"])
    func anAcceptThatDoesNotParseIsRefused(text: String) {
        #expect(throws: HTTPError.self) { try Accept(parsing: text) }
    }
}
