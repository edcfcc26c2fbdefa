import Buffers
import HTTP
import Testing

@Suite(.timeLimit(.minutes(40)))
struct PercentCodingTests {
    @Test(arguments: [
        ("", ""), ("abc", "abc"), ("a%20b", "a b"), ("a+b", "a+b"), ("%252C", "%2C"),
        ("%c4%85", "ą"), ("%2F%2e", "/."),
    ])
    func segmentsAreDecodedOnce(text: String, expected: String) throws {
        #expect(try PercentCoding.decode(text).utf8Text == expected)
    }

    @Test func bytesThatAreNotUTF8AreKept() throws {
        #expect(try PercentCoding.decode("%ff%00a") == [0xFF, 0x00, 0x61])
    }

    @Test(arguments: ["%", "a%", "%2", "%zz", "%2z", "%%20", "% 20", "%ą"])
    func badCodingIsRefused(text: String) {
        #expect(throws: HTTPError.self) { try PercentCoding.decode(text) }
    }

    @Test func pathsKeepTheCharactersOfTheSpecification() {
        let kept = "azAZ09-_.~$&+,/:;=@"
        #expect(PercentCoding.encode(kept) == kept)
        #expect(PercentCoding.encode("ą/ę %?#[]\"") == "%C4%85/%C4%99%20%25%3F%23%5B%5D%22")
        #expect(PercentCoding.encode([0xFF, 0x0A]) == "%FF%0A")
        #expect(PercentCoding.encode("a/b,c;d:e", keeping: .segment) == "a%2Fb%2Cc%3Bd:e")
        #expect(PercentCoding.encode("a:b&c~", keeping: .unreserved) == "a%3Ab%26c~")
    }

    @Test func everyByteGoesRoundTrip() throws {
        let all = (0...255).map { UInt8($0) }
        for kept in [PercentCoding.Kept.path, .segment, .unreserved] {
            #expect(try PercentCoding.decode(PercentCoding.encode(all, keeping: kept)).array == all)
        }
    }

    @Test func queriesAreFormDecoded() {
        let items = QueryItems(parsing: "a=1+2&b&a=%2B&=x&c=d=e&&bad=%zz&%C4%85=z")
        #expect(items["a"] == "1 2")
        #expect(items.filter { $0.name == "a" }.map(\.value) == ["1 2", "+"])
        #expect(items["b"] == "")
        #expect(items.contains("b"))
        #expect(items[""] == "x")
        #expect(items["c"] == "d=e")
        #expect(items["bad"] == nil)
        #expect(items["ą"] == "z")
        let none: Substring? = nil
        #expect(QueryItems(parsing: none).isEmpty)
        #expect(QueryItems(parsing: "").isEmpty)
    }
}
