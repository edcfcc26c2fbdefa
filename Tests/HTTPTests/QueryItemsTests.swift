import Buffers
import HTTP
import Testing

@Suite(.timeLimit(.minutes(40)))
struct QueryItemsTests {
    @Test func valuesAreBytes() {
        let query = QueryItems(parsing: "arg=a%FF&arg=%FE&x=%2F%CC%81&plus=a+b&empty&last=")
        #expect(
            query.map(\.valueBytes) == [
                [0x61, 0xFF], [0xFE], [0x2F, 0xCC, 0x81], "a b", "", "",
            ])
        #expect(query.contains("empty") && query["empty"] == "")
    }

    @Test(arguments: ["e\u{301}", "\u{212b}", "\u{212a}"])
    func aNameIsFoundByItsOwnBytesOnly(name: String) {
        let twin = ["e\u{301}": "\u{e9}", "\u{212b}": "\u{c5}", "\u{212a}": "K"][name] ?? ""
        let query = QueryItems(
            parsing: PercentCoding.encode(name, keeping: .unreserved) + "=1")
        #expect(name == twin)
        #expect(query[name] == "1")
        #expect(query[twin] == nil && !query.contains(twin))
    }

    @Test func pairsWithBadCodingAreDropped() {
        #expect(QueryItems(parsing: "a=%zz&b=1&%=2&&c").map(\.name) == ["b", "c"])
    }
}
