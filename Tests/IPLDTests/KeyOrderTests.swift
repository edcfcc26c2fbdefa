import TestSupport
import Testing

@testable import IPLD

/// Maps are written in order without a copy of their entries.
@Suite(.timeLimit(.minutes(40)))
struct KeyOrderTests {
    @Test func entriesInOrderTakeNothing() throws {
        #expect(try KeyOrder.places(of: [], by: KeyOrder.bytewise) == nil)
        #expect(try KeyOrder.places(of: Self.entries(["x"]), by: KeyOrder.bytewise) == nil)
        let keys = Self.entries(["", "a", "aa", "b"])
        #expect(try KeyOrder.places(of: keys, by: KeyOrder.bytewise) == nil)
        #expect(try KeyOrder.places(of: keys, by: KeyOrder.lengthFirst) == [0, 1, 3, 2])
    }

    /// Whatever the order was.
    @Test func placesAreThoseOfACopyThatIsSorted() throws {
        var random = SeededRandom(seed: 7)
        for count in [2, 3, 30, 300] {
            let entries = Self.entries((0..<count).map { "\($0)" }.shuffled(using: &random))
            for order in [KeyOrder.bytewise, KeyOrder.lengthFirst] as [(String, String) -> Bool] {
                let sorted = entries.sorted { order($0.key, $1.key) }
                let places = try KeyOrder.places(of: entries, by: order)
                #expect((places?.map { entries[Int($0)] } ?? entries) == sorted)
            }
        }
    }

    /// Two normalisations of a text are two keys.
    @Test func aKeyThatIsThereTwiceIsFound() throws {
        let entries = Self.entries(["b", "é", "a", "b", "e\u{301}"])
        let error = #expect(throws: IPLDError.self) {
            try KeyOrder.places(of: entries, by: KeyOrder.bytewise)
        }
        #expect(error?.message == "repeat map key \"b\"")
        #expect(KeyOrder.firstRepetition(in: entries) == "b")
        #expect(KeyOrder.firstRepetition(in: Self.entries(["b", "é", "e\u{301}"])) == nil)
        #expect(KeyOrder.firstRepetition(in: Self.entries(["a", "a"])) == "a")
    }

    private static func entries(_ keys: [String]) -> [IPLDValue.Entry] {
        keys.map { IPLDValue.Entry(key: $0, value: .string($0)) }
    }
}
