import HTTP
import Testing

@Suite(.timeLimit(.minutes(40)))
struct FieldsTests {
    private let fields: Fields = [
        "Content-Type": "text/plain", "VARY": "Accept", "vary": "Origin, accept-encoding",
    ]

    @Test func namesAreFoundInAnyCase() {
        #expect(fields["content-TYPE"] == "text/plain")
        #expect(fields["Vary"] == "Accept")
        #expect(fields["Var"] == nil)
        #expect(fields.all("Vary") == ["Accept", "Origin, accept-encoding"])
        #expect(fields.joined("Vary") == "Accept, Origin, accept-encoding")
        #expect(fields.joined("Missing") == nil)
    }

    @Test func orderAndSpellingAreKept() {
        #expect(fields.map(\.name) == ["Content-Type", "VARY", "vary"])
    }

    @Test func settingReplacesAllFieldsOfAName() {
        var changed = fields
        changed["Vary"] = "X"
        #expect(changed.map(\.value) == ["text/plain", "X"])
        changed["Vary"] = nil
        #expect(changed.map(\.value) == ["text/plain"])
        changed["New"] = "1"
        #expect(changed.last?.name == "New")
    }

    @Test func tokensOfAListAreFoundInAnyCase() {
        #expect(fields.list("Vary", contains: "Accept-Encoding"))
        #expect(!fields.list("Vary", contains: "encoding"))
    }

    @Test func commasInQuotedStringsDoNotSeparate() {
        #expect(
            Array(ListElements(#" a , "b,\",c" ,, d"#)).map(String.init)
                == ["a", #""b,\",c""#, "d"])
    }
}
