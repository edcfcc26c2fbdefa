import HTTP
import Testing

/// What `Range` leads to, case by case.
@Suite(.timeLimit(.minutes(40)))
struct RangeDecisionTests {
    private static func one(_ offset: UInt64, _ count: UInt64) -> RangeDecision {
        .partial([ByteRange(offset: offset, count: count)])
    }

    static let table: [(field: String?, size: UInt64, expected: RangeDecision)] = [
        (nil, 10, .whole),
        ("bytes=2-5", 10, one(2, 4)),
        ("bytes=2-", 10, one(2, 8)),
        ("bytes=-3", 10, one(7, 3)),
        ("bytes=0-0", 10, one(0, 1)),
        ("bytes=9-9", 10, one(9, 1)),
        ("bytes=5-99", 10, one(5, 5)),
        ("bytes=0-", 10, one(0, 10)),
        ("bytes=-99", 10, one(0, 10)),
        ("bytes=-0", 10, .unsatisfiable),
        ("bytes=10-", 10, .unsatisfiable),
        ("bytes=10-12,20-", 10, .unsatisfiable),
        ("bytes=0-1,4-5", 10, .partial([.init(offset: 0, count: 2), .init(offset: 4, count: 2)])),
        ("bytes=99-,4-5", 10, one(4, 2)),
        ("bytes=-0,4-5", 10, one(4, 2)),
        ("bytes=0-9,0-0", 10, .whole),
        ("bytes=0-5,5-9", 10, .whole),
        ("bytes=0-", 0, .whole),
        ("bytes=-1", 0, .whole),
        ("bytes=5-9", 0, .whole),
        ("bytes=", 10, .whole),
        ("bytes=,", 10, .whole),
        ("bytes=abc", 10, .malformed),
        ("bytes=9-5", 10, .malformed),
        ("bytes=99-50", 10, .malformed),
        ("bytes=1-2-3", 10, .malformed),
        ("bytes=-", 10, .malformed),
        ("bytes=--1", 10, .malformed),
        ("bytes=+1-2", 10, .malformed),
        ("bytes=1", 10, .malformed),
        ("bytes=0-1,x", 10, .malformed),
        ("bytes", 10, .malformed),
        ("items=0-5", 10, .whole),
        ("items", 10, .whole),
        ("Bytes=2-5", 10, one(2, 4)),
        ("bytes= 0-3", 10, one(0, 4)),
        ("bytes=0-3, 5-6", 10, .partial([.init(offset: 0, count: 4), .init(offset: 5, count: 2)])),
        ("bytes=\t0 - 3 ", 10, one(0, 4)),
        ("bytes=0-99999999999999999999999", 10, one(0, 10)),
        ("bytes=99999999999999999999999-", 10, .unsatisfiable),
        ("bytes=-18446744073709551615", .max, one(0, .max)),
        ("bytes=0-18446744073709551615", .max, one(0, .max)),
    ]

    @Test(arguments: table)
    func eachLineOfTheTableHolds(field: String?, size: UInt64, expected: RangeDecision) {
        #expect(RangeDecision(field, size: size) == expected)
    }

    @Test func theAnswerNamesTheLastByteAndTheSize() {
        #expect(ByteRange(offset: 2, count: 4).contentRange(of: 10) == "bytes 2-5/10")
        #expect(ByteRange.unsatisfiedContentRange(of: 10) == "bytes */10")
    }
}
