import HTTP
import Testing

@Suite(.timeLimit(.minutes(40)))
struct PreconditionsTests {
    private let tag = EntityTag("abc")
    private let date: Int64 = 784_111_777
    private let dateText = "Sun, 06 Nov 1994 08:49:37 GMT"
    private let earlier = "Sun, 06 Nov 1994 08:49:36 GMT"

    private func outcome(
        _ fields: Fields, _ method: Method = .get, lastModified: Int64? = nil
    ) -> Preconditions.Outcome {
        Preconditions.evaluate(
            fields, method: method, tag: tag, alternatives: [EntityTag("bare")],
            lastModified: lastModified)
    }

    @Test(arguments: [
        "\"abc\"", "W/\"abc\"", "*", " * ", "\"x\", \"abc\"", "\"x\",W/\"abc\"", "\"bare\"",
        ",, \"abc\"", "\"abc\" broken", "\"a,b\", \"abc\"",
    ])
    func aListThatNamesTheTagIsNotModified(list: String) {
        #expect(outcome(["If-None-Match": list]) == .notModified)
        #expect(outcome(["If-None-Match": list], .head) == .notModified)
        #expect(outcome(["If-None-Match": list], .post) == .proceed)
    }

    @Test(arguments: ["\"x\"", "abc", "", "\"abc", "broken, \"abc\"", "w/\"abc\"", "\"ab\"c"])
    func anyOtherListProceeds(list: String) {
        #expect(outcome(["If-None-Match": list]) == .proceed)
    }

    @Test func severalFieldsAreOneList() {
        var fields: Fields = ["If-None-Match": "\"x\""]
        fields.append("if-none-match", "\"abc\"")
        #expect(outcome(fields) == .notModified)
    }

    @Test func theDateCountsOnlyWithoutTags() {
        #expect(outcome(["If-Modified-Since": dateText], lastModified: date) == .notModified)
        #expect(outcome(["If-Modified-Since": earlier], lastModified: date) == .proceed)
        #expect(outcome(["If-Modified-Since": dateText]) == .proceed)
        #expect(outcome(["If-Modified-Since": "yesterday"], lastModified: date) == .proceed)
        #expect(
            outcome(
                ["If-Modified-Since": dateText, "If-None-Match": "\"x\""], lastModified: date)
                == .proceed)
    }

    @Test func ifMatchComparesStrongly() {
        #expect(outcome(["If-Match": "\"abc\""]) == .proceed)
        #expect(outcome(["If-Match": "*"]) == .proceed)
        #expect(outcome(["If-Match": "W/\"abc\""]) == .failed)
        #expect(outcome(["If-Match": "\"x\""]) == .failed)
        #expect(outcome(["If-Match": "\"x\""], .put) == .failed)
    }

    @Test func ifUnmodifiedSinceCountsOnlyWithoutIfMatch() {
        #expect(outcome(["If-Unmodified-Since": dateText], lastModified: date) == .proceed)
        #expect(outcome(["If-Unmodified-Since": earlier], lastModified: date) == .failed)
        #expect(outcome(["If-Unmodified-Since": earlier]) == .proceed)
        #expect(
            outcome(
                ["If-Unmodified-Since": earlier, "If-Match": "\"abc\""], lastModified: date)
                == .proceed)
    }

    @Test func ifRangeNeedsTheVeryBytes() {
        func holds(_ value: String, _ lastModified: Int64? = nil) -> Bool {
            Preconditions.rangeHolds(["If-Range": value], tag: tag, lastModified: lastModified)
        }
        #expect(Preconditions.rangeHolds([:], tag: tag))
        #expect(holds("\"abc\""))
        #expect(!holds("W/\"abc\""))
        #expect(!holds("\"x\""))
        #expect(!holds("*"))
        #expect(holds(dateText, date))
        #expect(!holds(earlier, date))
        #expect(!holds(dateText))
        #expect(
            !Preconditions.rangeHolds(
                ["If-Range": "\"abc\""], tag: EntityTag("abc", isWeak: true)))
    }
}
