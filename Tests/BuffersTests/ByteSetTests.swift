import Buffers
import Testing

@Suite(.timeLimit(.minutes(40)))
struct ByteSetTests {
    private func members(_ set: ByteSet) -> [UInt8] {
        (UInt8.min...UInt8.max).filter(set.contains)
    }

    @Test func aSetHoldsWhatWasPutIntoIt() {
        let set = ByteSet("az\u{7f}\0", 0x3E...0x41)
        #expect(members(set) == [0, 0x3E, 0x3F, 0x40, 0x41, 0x61, 0x7A, 0x7F])
        #expect(members(set.without("a\0?b")) == [0x3E, 0x40, 0x41, 0x7A, 0x7F])
        #expect(members(set.union("b")).contains(0x62))
    }

    @Test func theRestIsWhatTheSetDoesNotHold() {
        let rest = ByteSet("%").inverted()
        #expect(members(rest) == (UInt8.min...UInt8.max).filter { $0 != UInt8(ascii: "%") })
        #expect(rest.inverted() == ByteSet("%"))
        #expect(!ByteSet("%").contains(0xA5))
    }

    @Test(arguments: ["", "a", "name\u{e9}", "\u{1F600}", String(repeating: "x", count: 1_000)])
    func aTextIsLookedThroughToItsEnd(_ text: String) {
        #expect(text.consists(of: ByteSet("\n").inverted()))
        #expect(!(text + "\n").consists(of: ByteSet("\n").inverted()))
        #expect((text + "\u{e9}").consists(of: .visible) == false)
    }

    /// Eight bytes at a time where that can be: the byte that does not belong may stand anywhere.
    @Test(arguments: [ByteSet.controls.inverted(), ByteSet("%").inverted(), .visible])
    func everyByteOfATextIsLookedAt(_ set: ByteSet) {
        for scalar in (UInt8.min...0x7F).map({ Unicode.Scalar($0) }) + ["\u{e9}", "\u{100}"] {
            for place in 0..<20 {
                var text = String(repeating: "a", count: place)
                text.unicodeScalars.append(scalar)
                text += String(repeating: "b", count: 19 - place)
                let isIn = String(scalar).utf8.allSatisfy(set.contains)
                #expect(text.consists(of: set) == isIn, "\(scalar.value) at \(place)")
            }
        }
    }
}
