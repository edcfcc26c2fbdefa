import Buffers
import Testing

@Suite(.timeLimit(.minutes(40)))
struct NamesTests {
    /// Pairs that `String` calls equal, and that are two names.
    private static let twins: [(Bytes, Bytes)] = [
        (Bytes(utf8: "\u{e9}"), Bytes(utf8: "e\u{301}")),
        (Bytes(utf8: "\u{212b}"), Bytes(utf8: "\u{c5}")),
        (Bytes(utf8: "\u{212a}"), Bytes(utf8: "K")),
        (Bytes(utf8: "\u{ac00}"), Bytes(utf8: "\u{1100}\u{1161}")),
    ]

    @Test(arguments: twins)
    func namesThatUnicodeCallsEqualAreTwo(left: Bytes, right: Bytes) {
        #expect(left.displayText == right.displayText)
        #expect(left != right)
        #expect(Set([left, right]).count == 2)
        #expect(left < right || right < left)
        #expect(!left.spells(right.displayText))
        #expect(left.spells(left.displayText))
    }

    @Test(arguments: ["\u{301}", "\u{200d}", "\u{fe0f}", "\u{20e3}"])
    func separatorsAreFoundWhateverCharacterFollows(mark: String) {
        let path = Bytes(utf8: "a/\(mark)b")
        #expect(path.split(separator: UInt8(ascii: "/")) == ["a", Bytes(utf8: mark + "b")])
        #expect(path.firstIndex(of: UInt8(ascii: "/")) == 1)
        #expect(path.lastIndex(of: UInt8(ascii: "/")) == 1)
        #expect(path.starts(with: "a/"))
        #expect(Bytes(utf8: "." + mark).first == UInt8(ascii: "."))
    }

    @Test func orderIsThatOfUnsignedBytes() {
        let sorted: [Bytes] = ["", "a", "a!", "a/", "aa", "b", [0x7f], [0x80], [0xff], [0xff, 0]]
        #expect(sorted.reversed().sorted() == sorted)
    }

    @Test func partsMayBeEmptyIfThatIsWanted() {
        let path: Bytes = "/a//b/"
        let slash = UInt8(ascii: "/")
        #expect(path.split(separator: slash) == ["a", "b"])
        #expect(path.split(separator: slash, keepsEmpty: true) == ["", "a", "", "b", ""])
        #expect(Bytes.empty.split(separator: slash) == [])
        #expect(Bytes.empty.split(separator: slash, keepsEmpty: true) == [""])
        #expect(path.split(separator: slash, keepsEmpty: true).joined(separator: "/") == path)
    }

    @Test func endsAndBeginningsAreCompared() {
        let name: Bytes = [0xff, 0x2e, 0xfe]
        #expect(name.ends(with: [0xfe]) && name.ends(with: .empty) && name.ends(with: name))
        #expect(!name.ends(with: [0, 0xff, 0x2e, 0xfe]) && !name.starts(with: [0xff, 0xff]))
        #expect(name.last == 0xfe && name.dropLast(1) == [0xff, 0x2e])
        #expect(name.dropLast(4).isEmpty && Bytes.empty.first == nil && Bytes.empty.last == nil)
        #expect(!name.contains(0) && name.contains(0x2e))
        #expect(name.appending("x") == [0xff, 0x2e, 0xfe, 0x78])
    }

    @Test func whatIsNotUTF8IsReplacedForPeopleOnly() {
        let (left, right): (Bytes, Bytes) = ([0xfe], [0xff])
        #expect(left.displayText == right.displayText)
        #expect(left.displayText == "\u{fffd}")
        #expect(!left.spells("\u{fffd}"))
    }
}
