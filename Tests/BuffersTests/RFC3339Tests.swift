import Buffers
import Testing

@Suite(.timeLimit(.minutes(40)))
struct RFC3339Tests {
    @Test(arguments: [
        (UInt32(0), ".000", ""), (1, ".000", ".000000001"), (999_999, ".000", ".000999999"),
        (1_000_000, ".001", ".001"), (120_000_000, ".120", ".12"),
        (999_999_999, ".999", ".999999999"), (100_000_000, ".100", ".1"),
        (100_000_010, ".100", ".10000001"),
    ])
    func theSecondHasTheDigitsThatAreAskedFor(
        nanoseconds: UInt32, milliseconds: String, asNeeded: String
    ) {
        func text(_ fraction: RFC3339.Fraction) -> String {
            RFC3339.text(seconds: 951_786_061, nanoseconds: nanoseconds, fraction)
        }
        #expect(text(.milliseconds) == "2000-02-29T01:01:01\(milliseconds)Z")
        #expect(text(.asNeeded) == "2000-02-29T01:01:01\(asNeeded)Z")
    }

    @Test(arguments: [
        (Int64.min, "0001-01-01T00:00:00Z"), (-62_135_596_800, "0001-01-01T00:00:00Z"),
        (-30_610_224_000, "1000-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"),
        (0, "1970-01-01T00:00:00Z"), (1_700_000_000, "2023-11-14T22:13:20Z"),
        (253_402_300_799, "9999-12-31T23:59:59Z"), (.max, "9999-12-31T23:59:59Z"),
    ])
    func everySecondHasAForm(seconds: Int64, text: String) {
        #expect(RFC3339.text(seconds: seconds, nanoseconds: 0, .asNeeded) == text)
    }
}
