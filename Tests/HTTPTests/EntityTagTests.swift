import HTTP
import Testing

/// Tags of any text: what content or a request can reach must not break the field.
@Suite(.timeLimit(.minutes(40)))
struct EntityTagTests {
    @Test(arguments: [
        "", "bafyplain.raw", "with \"quotes\"", "\u{0}nul", "line\r\nend", "back\\slash", "bl ank",
        "per%cent", "\u{7F}", "e\u{301}\u{E9}", "\"\u{301}",
    ])
    func everyTextMakesATagThatCanBeReadAgain(text: String) {
        for isWeak in [false, true] {
            let tag = EntityTag(text, isWeak: isWeak)
            #expect(tag.description.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
            #expect(tag.value.utf8.contains(UInt8(ascii: "\"")) == false)
            #expect(EntityTag(parsing: tag.description) == tag)
        }
    }

    @Test func differentTextsMakeDifferentTags() {
        let texts = ["a\u{0}", "a%00", "a%2500", "a\"", "a%22", "a", "e\u{301}", "\u{E9}"]
        #expect(Set(texts.map { EntityTag($0).value }).count == texts.count)
    }

    @Test func ordinaryTagsAreAsTheyWere() {
        #expect(EntityTag("bafy.car;x=y,z/1:2").description == "\"bafy.car;x=y,z/1:2\"")
    }
}
