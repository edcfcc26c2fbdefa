import Buffers
import HTTP
import Testing

@Suite(.timeLimit(.minutes(40)))
struct FieldTextTests {
    @Test(arguments: [
        ("", ""), ("plain.txt", "plain.txt"), ("źł 100%", "źł 100%"), ("a\r\nb", "a%0D%0Ab"),
        ("\u{0}", "%00"), ("\u{1}é\"", "%01é%22"), ("\u{7F}", "%7F"), ("%0A", "%0A"),
        ("e\u{301}\n", "e\u{301}%0A"), ("\u{80}a\u{9F}", "%C2%80a%C2%9F"), ("\u{A0}", "\u{A0}"),
        ("\u{85}\u{9B}31m", "%C2%85%C2%9B31m"), ("ę\u{2080}", "ę\u{2080}"),
        ("a\u{2028}b\u{2029}", "a%E2%80%A8b%E2%80%A9"),
    ])
    func utf8StaysAsItIsAndWhatEndsALineIsCoded(name: String, text: String) {
        let result = FieldText.of(Bytes(utf8: name))
        #expect(Array(result.utf8) == Array(text.utf8))
        #expect(result.isFieldValue)
    }

    @Test func aNameThatIsNotUTF8IsCodedWhole() {
        #expect(FieldText.of([0xFF, 0xFE, UInt8(ascii: "/"), 0x0A]) == "%FF%FE/%0A")
    }

    @Test func everyByteMakesAFieldValue() {
        for byte in UInt8.min...UInt8.max {
            for name: Bytes in [[byte], [0xC3, byte], [0xFF, byte, UInt8(ascii: "\"")]] {
                #expect(FieldText.of(name).isFieldValue)
                #expect(!FieldText.of(name).utf8.contains(UInt8(ascii: "\"")))
            }
        }
    }
}
